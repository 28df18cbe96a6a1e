import type { LineEncoding } from "./byteLines";
import type { OpenLog } from "./logDisk";

const stepBytes = 1024 * 1024;

/** Line ends in the first bytes of a file; of UTF-16 an even number. Reads them all. */
export async function countLines(file: OpenLog, bytes: number, encoding: LineEncoding): Promise<number> {
  const width = encoding === "utf8" ? 1 : 2;
  const buffer = Buffer.allocUnsafe(Math.min(stepBytes, bytes));
  let count = 0;
  for (let position = 0; position < bytes;) {
    const read = await file.read(buffer, Math.min(buffer.length, bytes - position), position);
    // Of UTF-16 whole letters, of which the next reading begins with one.
    const part = buffer.subarray(0, read - (read % width));
    if (part.length === 0) break;
    position += part.length;
    for (let at = part.indexOf(0x0a); at >= 0; at = part.indexOf(0x0a, at + 1)) {
      if (width === 1 || (at % 2 === 0 && part[at + 1] === 0)) count++;
    }
  }
  return count;
}
