import { open } from "node:fs/promises";
import { unseal } from "./lineSeal";

/** Handled at once: 50 µs for each kB (checksum, JSON, checks), so under 2 ms. */
const chunkBytes = 32_768;
/** Nobody writes longer lines. */
const longestLine = 1024 * 1024;

/**
 * Reads a file of sealed lines and hands over those that are whole, some at a time with a rest in between. A damaged line costs itself only.
 * @returns the bytes read; a file that has gone meanwhile has none.
 */
export async function readSealedLines(path: string, take: (lines: readonly string[]) => void): Promise<number> {
  const file = await open(path, "r").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  if (file === null) return 0;
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let rest = Buffer.alloc(0);
    let skipping = false;
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunkBytes, bytes);
      bytes += bytesRead;
      // What stands behind the last line end is torn, or still being written.
      if (bytesRead === 0) return bytes;
      const data = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      const lines: string[] = [];
      let start = 0;
      for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
        const text = skipping ? null : unseal(data.subarray(start, end));
        skipping = false;
        if (text !== null) lines.push(text);
        start = end + 1;
      }
      rest = data.subarray(start);
      if (rest.length > longestLine) {
        rest = Buffer.alloc(0);
        skipping = true;
      }
      if (lines.length > 0) take(lines);
    }
  } finally {
    await file.close();
  }
}
