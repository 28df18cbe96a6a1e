import { recordedTracebacks } from "./tracebackCorpus";

const header = "Traceback (most recent call last):\n";
const group = `  + Exception Group ${header}`;
const link = "\nThe above exception was the direct cause of the following exception:\n\n";
const frame = '  File "a", line 1, in f\n';
const separator = "+---------------- 1 ----------------\n";
const plain = `${header}${frame}    g()\nValueError: x\n`;

function fill(unit: string, length: number): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

function numbered(length: number, make: (index: number) => string): string {
  const parts: string[] = [];
  for (let index = 0, size = 0; size < length; index++) {
    const part = make(index);
    parts.push(part);
    size += part.length;
  }
  return parts.join("").slice(0, length);
}

/** Texts of a length that are made to cost a reader of tracebacks more than their length, each by another of its habits; and an ordinary log. */
export function tracebackShapes(): Record<string, (length: number) => string> {
  const all = recordedTracebacks().map(({ text }) => text);
  const everything = all.join("");
  return {
    "everything that was recorded": (length) => fill(everything, length),
    "a worker's log": (length) =>
      fill(`${"12:00:00:   0.05s ← abc:charge ● \n".repeat(50)}12:00:01: failed\n${all[0]}`, length),
    headers: (length) => fill(header, length),
    "headers behind one word": (length) => fill(`a ${header}`, length),
    "headers, each behind another prefix": (length) => numbered(length, (n) => `p${n.toString(36)}x| ${header}`),
    "services without end": (length) => numbered(length, (n) => plain.replaceAll(/^/gm, `p${n.toString(36)}x| `)),
    "blank lines": (length) => header + fill("\n", length),
    "blank lines below a frame": (length) => header + frame + fill("\n", length),
    "links below headers": (length) => fill(header + link, length),
    "links alone": (length) => fill(link, length),
    "causes never raised": (length) => fill(`ValueError: x\n${link}`, length),
    "one chain": (length) => fill(plain + link, length),
    "separators of a group": (length) => group + fill(`  +-${separator}`, length),
    "groups without a header": (length) => fill(`  | E: x (1 sub-exception)\n  +-${separator}`, length),
    "a margin above the first member of no group": (length) =>
      `${"  | [INFO] x\n".repeat(length / 13)}  +-${separator}`,
    "one margin": (length) => group + fill("  | x\n", length),
    "groups in groups": (length) => {
      const deep = (n: number) => " ".repeat(2 * (n % 2000) + 2);
      return group + numbered(length, (n) => `${deep(n)}| E: x\n${deep(n)}+-${separator}`);
    },
    "one word": (length) => header + fill("a", length),
    "one dotted name": (length) => header + fill("a.", length),
    "one line of blanks": (length) => header + fill(" ", length),
    "one line of headers": (length) => fill(header.trimEnd(), length),
    "one line of escaped headers": (length) => fill(`${header.trimEnd()}\\n`, length),
    "one line of quoted headers": (length) => fill(`"'${header.trimEnd()}\\n`, length),
    "one line of frames": (length) => header + fill('  File "', length),
    "one line of line numbers": (length) => `${header}  File "${fill('", line 1', length)}`,
    "one line of backslashes": (length) => `"${header.trimEnd()}\\n${fill("\\", length)}`,
    "backslashes before a header": (length) => `${fill("\\", length)}${header.trimEnd()}\\n`,
    "escape characters": (length) => header + fill("\u001b[", length),
    "titles of terminals without an end": (length) => header + fill("\u001b]0;", length),
    "carriage returns": (length) => header + fill("\r", length),
    "states of a progress bar": (length) => header + fill("a\r", length),
    "records between frames": (length) => header + frame + fill("12:00:00: hello\n", length),
    "other lines between frames": (length) => header + fill(`${frame}hello there\n`, length),
    "other lines below a frame": (length) => header + frame + fill("hello there\n", length),
    "long lines between frames": (length) => header + fill(`${frame}${"hello ".repeat(2000)}\n`, length),
    "process pools": (length) => fill(`a.RemoteTraceback: \n"""\n${header}`, length),
    stacks: (length) => fill(`Stack (most recent call last):\n${frame}`, length),
    "frames alone": (length) => fill(frame, length),
    "frames behind one word": (length) => fill(`x${frame}`, length),
    "prefixes of digits": (length) => fill(`${"1".repeat(290)} ${header}`, length),
    "prefixes of times": (length) =>
      fill(`${"12:12:12 ".repeat(30)} ${header}${"12:12:12 ".repeat(30)}${frame}`, length),
    "almost a class": (length) => fill(`${header}${"a[".repeat(3000)} b\n`, length),
    "almost a warning": (length) => fill(`${plain}${"a:1:".repeat(300)} b\n`, length),
    "almost a prompt": (length) => fill(`${plain}a@b:${"$".repeat(300)} b\n`, length),
    "almost JSON": (length) => header + fill('{"aaa', length),
  };
}
