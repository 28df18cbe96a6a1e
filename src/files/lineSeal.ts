const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xed_b8_83_20 : value >>> 1;
  return value;
});

/** CRC-32 as in zip and gzip (ISO 3309). Node has one from 22.2 on; VS Code brings older ones. */
export function crc32(bytes: Uint8Array): number {
  let value = 0xff_ff_ff_ff;
  for (const byte of bytes) value = table[(value ^ byte) & 0xff]! ^ (value >>> 8);
  return (value ^ 0xff_ff_ff_ff) >>> 0;
}

/** A line as it stands in a file: its checksum in front, so that damage is seen even where the text stays readable. `text` has no line end. */
export function seal(text: string): string {
  return `${crc32(Buffer.from(text)).toString(16).padStart(8, "0")} ${text}`;
}

/** The text of a sealed line; null for an empty, torn or damaged one. */
export function unseal(line: Buffer): string | null {
  if (line.length < 9 || line[8] !== 0x20) return null;
  const text = line.subarray(9);
  return line.toString("latin1", 0, 8) === crc32(text).toString(16).padStart(8, "0") ? text.toString() : null;
}
