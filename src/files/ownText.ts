/** The same text in memory of its own: kept as it is, a part of a larger text keeps all of that alive, which V8 only refers to. */
export function ownText(text: string): string {
  return Buffer.from(text, "utf16le").toString("utf16le");
}
