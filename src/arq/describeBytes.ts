/** First bytes shown of what cannot be read. */
const shown = 8;

/** What is known of bytes that cannot be read: `1,234 bytes, starting with fd 37 7a 58 5a 00 00 04`. */
export function describeBytes(bytes: Uint8Array): string {
  const size = `${bytes.length.toLocaleString("en-US")} byte${bytes.length === 1 ? "" : "s"}`;
  if (bytes.length === 0) return size;
  const start = Array.from(bytes.subarray(0, shown), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return bytes.length <= shown ? `${size}: ${start}` : `${size}, starting with ${start}`;
}
