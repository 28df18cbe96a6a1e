/** What Python prints above every traceback. */
export const header = "Traceback (most recent call last):";
export const groupHeader = `Exception Group ${header}`;

/** Where the header begins in a line that ends with it; -1 in any other line. */
export function headerIn(line: string): number {
  const at = line.lastIndexOf(header);
  return at >= 0 && line.slice(at + header.length).trim() === "" ? at : -1;
}
