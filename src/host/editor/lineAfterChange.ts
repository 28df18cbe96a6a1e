/** One change of a text, in lines (0-based) of the text before it. */
export interface LineChange {
  readonly range: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
  /** What is there instead. */
  readonly text: string;
}

/**
 * Where a line (0-based) stands after a change. `says` tells whether a line of the text as it is now reads as this one did: where the change touches the line itself, its
 * first line may be the one, or its last. Costs no more than counting the line breaks that were inserted.
 */
export function lineAfterChange(line: number, { range, text }: LineChange, says: (line: number) => boolean): number {
  const { start, end } = range;
  if (start.line > line) return line;
  const added = lineBreaks(text);
  if (end.line < line) return line + added - (end.line - start.line);
  if (says(start.line)) return start.line;
  const last = start.line + added;
  return says(last) ? last : start.line;
}

function lineBreaks(text: string): number {
  let found = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) found++;
  return found;
}
