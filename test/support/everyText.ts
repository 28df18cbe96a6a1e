/** Every text within data of any shape, keys of objects and bytes included, one a line. Shared and cyclic parts are looked at once. */
export function everyText(data: unknown): string {
  const seen = new Set<unknown>();
  const found: string[] = [];
  const pending: unknown[] = [data];
  while (pending.length > 0) {
    const part = pending.pop();
    if (typeof part === "string" || typeof part === "number" || typeof part === "bigint") found.push(String(part));
    if (typeof part !== "object" || part === null || seen.has(part)) continue;
    seen.add(part);
    if (part instanceof Uint8Array) found.push(Buffer.from(part).toString("latin1"));
    else if (part instanceof Map || part instanceof Set || Array.isArray(part)) pending.push(...part);
    else {
      if (part instanceof Error) pending.push(part.message, part.stack, part.cause);
      for (const [key, value] of Object.entries(part)) pending.push(key, value);
    }
  }
  return found.join("\n");
}
