import { assertNever } from "../python/assertNever";
import { inflateBzip2 } from "./bunzip2";
import { inflateLz4, inflateLz4Block } from "./lz4";
import { inflateZstd } from "./zstd";

/**
 * The compressions that are rare in ARQ's payloads. The built product loads this file's part of the bundle when the first
 * such payload comes (esbuild.mjs), so it must stay the only door to them.
 */
export function decompress(
  format: "zstd" | "lz4" | "lz4 block" | "bzip2",
  content: Uint8Array,
  maxLength: number,
): Uint8Array {
  switch (format) {
    case "zstd":
      return inflateZstd(content, maxLength);
    case "lz4":
      return inflateLz4(content, maxLength);
    case "lz4 block":
      return inflateLz4Block(content, maxLength);
    case "bzip2":
      return inflateBzip2(content, maxLength);
    default:
      return assertNever(format);
  }
}
