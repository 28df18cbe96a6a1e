/** One change of a text, in lines (0-based) of the text before it. */
export interface LineChange {
  readonly range: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
  /** What is there instead. */
  readonly text: string;
}

/** Where a file is read again, or formatted, one change may replace most of it: so far from where it stood the line is looked for in what is there instead. Lines. */
const nearBy = 200;

/**
 * Where a line (0-based) stands after a change. `says` tells whether a line of the text as it is now reads as this one did: where the change touches the line itself, its
 * first line may be the one, or its last, or the nearest of those between them. Costs counting the line breaks that were inserted, and at most `2 * nearBy + 4` times `says`.
 */
export function lineAfterChange(line: number, { range, text }: LineChange, says: (line: number) => boolean): number {
  const { start, end } = range;
  if (start.line > line) return line;
  const added = lineBreaks(text);
  if (end.line < line) return line + added - (end.line - start.line);
  if (says(start.line)) return start.line;
  const last = start.line + added;
  if (says(last)) return last;
  for (let away = 0; away <= nearBy; away++) {
    for (const at of [line - away, line + away]) if (at > start.line && at < last && says(at)) return at;
  }
  return start.line;
}

/** A text as it is now. An open document is one. */
export interface LinedText {
  readonly lineCount: number;
  lineAt(line: number): { readonly text: string };
}

/**
 * Where a line (0-based) that read `said`, without indentation, stands after the changes of one event; null where nobody knows what it read. `changes` as VS Code tells
 * them: each in lines of the text before all of them, the last one of the text first, so that none moves the lines of those after it.
 */
export function lineAfterChanges(
  line: number,
  changes: readonly LineChange[],
  now: LinedText,
  said: string | null,
): number {
  const says = (at: number): boolean => lineText(now, at) === said;
  return changes.reduce((at, change) => lineAfterChange(at, change, says), line);
}

/** A line (0-based) without indentation; "" behind the end. */
export function lineText(text: LinedText, line: number): string {
  return line < text.lineCount ? text.lineAt(line).text.trim() : "";
}

function lineBreaks(text: string): number {
  let found = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) found++;
  return found;
}
