import type { OpenLog } from "./logDisk";

const stepBytes = 1024 * 1024;

/** Line ends in the first bytes of a file. Reads them all. */
export async function countLines(file: OpenLog, bytes: number): Promise<number> {
  const buffer = Buffer.allocUnsafe(Math.min(stepBytes, bytes));
  let count = 0;
  for (let position = 0; position < bytes;) {
    const read = await file.read(buffer, Math.min(buffer.length, bytes - position), position);
    if (read === 0) break;
    position += read;
    const part = buffer.subarray(0, read);
    for (let at = part.indexOf(0x0a); at >= 0; at = part.indexOf(0x0a, at + 1)) count++;
  }
  return count;
}
