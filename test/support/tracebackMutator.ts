import { randomNumbers } from "./random";

const debris = [
  "Traceback (most recent call last):",
  "  + Exception Group Traceback (most recent call last):",
  "The above exception was the direct cause of the following exception:",
  "During handling of the above exception, another exception occurred:",
  "  +-+---------------- 1 ----------------",
  "    +---------------- ... ----------------",
  "    +------------------------------------",
  '  File "", line 99999999999, in ',
  '  File "a", line -1, in b',
  "  [Previous line repeated 99999999999999999999 more times]",
  "    ~~~~^^^^^",
  'x.RemoteTraceback: \n"""',
  '"""',
  '{"exc_info": "Traceback (most recent call last):\\n  File \\"a\\", line 1, in b\\nE\\ud800: x"}',
  "12:00:00:   0.05s ! a:b failed, E: x",
  "web-1  | ",
  "\u001b[31",
  "\u001b]8;;",
  "\r",
  "\ud800",
  "\0",
  "",
];

/** Texts made of recorded ones by cutting, doubling, moving, prefixing and mixing their lines; the same for the same seed. */
export class TracebackMutator {
  readonly #next: () => number;

  constructor(
    private readonly texts: readonly string[],
    seed: number,
  ) {
    this.#next = randomNumbers(seed);
  }

  mutate(): string {
    const lines = this.#pick(this.texts).split("\n");
    for (let left = 1 + this.#below(8); left > 0; left--) this.#change(lines);
    const text = lines.join(this.#below(10) === 0 ? "\r\n" : "\n");
    return this.#below(5) === 0 ? text.slice(this.#below(text.length + 1), this.#below(text.length + 1)) : text;
  }

  #change(lines: string[]): void {
    const at = this.#below(lines.length + 1);
    const line = lines[at] ?? "";
    const some = 1 + this.#below(4);
    switch (this.#below(10)) {
      case 0:
        lines.splice(at, some);
        return;
      case 1:
        lines.splice(at, 0, ...lines.slice(at, at + some));
        return;
      case 2:
        lines.splice(this.#below(lines.length + 1), 0, ...lines.splice(at, some));
        return;
      case 3:
        lines.splice(at, 0, this.#pick(debris));
        return;
      case 4:
        lines[at] = line.slice(this.#below(line.length + 1));
        return;
      case 5:
        lines[at] =
          line.slice(0, this.#below(line.length + 1)) + this.#pick(debris) + line.slice(this.#below(line.length + 1));
        return;
      case 6: {
        const prefix = this.#pick(["web-1  | ", "> ", "    ", "  | ", "2026-11-22 12:00:00 ", "\t"]);
        for (let index = at; index < Math.min(lines.length, at + some * 3); index++)
          lines[index] = prefix + lines[index];
        return;
      }
      case 7: {
        const other = this.#pick(this.texts).split("\n");
        lines.splice(0, lines.length, ...lines.flatMap((mine, index) => [mine, ...other.slice(index, index + 1)]));
        return;
      }
      case 8:
        lines[at] = JSON.stringify({ exc_info: lines.slice(at, at + some * 5).join("\n") });
        return;
      default:
        lines[at] = line.replaceAll(/[:"|+ ]/g, (char) =>
          this.#below(4) === 0 ? this.#pick(["", " ", char + char]) : char,
        );
    }
  }

  #below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#below(choices.length)]!;
  }
}
