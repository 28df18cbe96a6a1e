/** Names are typed by people: longer ones are no names, and comparing costs the product of the lengths. */
const longest = 100;

/** The name that was probably meant: the one that takes the fewest changes of a letter, and no more than a quarter of its letters. Null where none is near. */
export function nearName(written: string, names: readonly string[]): string | null {
  let best: string | null = null;
  let fewest = Infinity;
  if (written.length > longest) return null;
  for (const name of new Set(names)) {
    if (name === written || name.length > longest) continue;
    const most = Math.max(1, Math.floor(Math.max(written.length, name.length) / 4));
    const changes = distance(fold(written), fold(name), Math.min(most, fewest - 1));
    if (changes !== null && changes < fewest) [best, fewest] = [name, changes];
  }
  return best;
}

function fold(name: string): string {
  return name.toLowerCase();
}

/** Letters to put in, take out, or change, or two neighbours to swap (optimal string alignment). Null where it is more than `most`. */
function distance(a: string, b: string, most: number): number | null {
  if (Math.abs(a.length - b.length) > most) return null;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let changes = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        changes = Math.min(changes, before[j - 2]! + 1);
      row.push(changes);
    }
    if (Math.min(...row) > most) return null;
    [before, last] = [last, row];
  }
  return last[b.length]! <= most ? last[b.length]! : null;
}
