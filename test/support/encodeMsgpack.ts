/** MessagePack of plain data, as Python's `msgpack.packb` makes it: maps, lists, texts, bytes, whole numbers, booleans, null. */
export function encodeMsgpack(value: unknown): Uint8Array {
  const parts: Uint8Array[] = [];
  const add = (...bytes: number[]): void => void parts.push(Uint8Array.from(bytes));
  const sized = (length: number, type: number): void => add(type, (length >> 8) & 255, length & 255);
  const write = (part: unknown): void => {
    if (part === null) add(0xc0);
    else if (typeof part === "boolean") add(part ? 0xc3 : 0xc2);
    else if (typeof part === "number") {
      const view = new DataView(new ArrayBuffer(9));
      view.setUint8(0, 0xd3);
      view.setBigInt64(1, BigInt(part));
      parts.push(new Uint8Array(view.buffer));
    } else if (typeof part === "string") {
      const bytes = new TextEncoder().encode(part);
      sized(bytes.length, 0xda);
      parts.push(bytes);
    } else if (part instanceof Uint8Array) {
      sized(part.length, 0xc5);
      parts.push(part);
    } else if (Array.isArray(part)) {
      sized(part.length, 0xdc);
      for (const item of part) write(item);
    } else {
      const entries = Object.entries(part as Record<string, unknown>);
      sized(entries.length, 0xde);
      for (const [key, item] of entries) {
        write(key);
        write(item);
      }
    }
  };
  write(value);
  return Buffer.concat(parts);
}
