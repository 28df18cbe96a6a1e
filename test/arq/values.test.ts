import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { unpickle } from "../../src/arq/unpickle";
import { exceptionMessage } from "../../src/python/exceptionMessage";
import { pythonRepr } from "../../src/python/repr";
import { findExactPython } from "../support/pythons";
import { repositoryRoot } from "../support/repositoryRoot";

/** VALUES=20000 SEED=7 npm test arq: values for each Python, shared among its protocols; by default so many that all take a few seconds. */
const count = Number(process.env["VALUES"] ?? 1800);
const seed = process.env["SEED"] ?? "1";
const versions = ["3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"];
const script = join(repositoryRoot(), "test", "arq", "values.py");

/** What a Python prints when it runs the script. */
async function run(python: string, args: readonly string[], input = ""): Promise<string> {
  const child = spawn(python, ["-W", "ignore", script, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => child.on("close", resolve).on("error", reject));
  assert.equal(code, 0, `${python} ${args.join(" ")} failed`);
  return Buffer.concat(parts).toString("utf8");
}

/** Both texts around the first place where they differ. */
function difference(printed: string, truth: string): string {
  let at = 0;
  while (at < printed.length && printed[at] === truth[at]) at += 1;
  const around = (text: string) => `…${text.slice(Math.max(0, at - 70), at + 110)}…`;
  return `\n  printed ${around(printed)}\n  Python  ${around(truth)}`;
}

/** Everything about one pickle that differs from what CPython 3.13 says. */
function differences(line: string, [repr, message]: readonly [string, string | null]): string[] {
  const [protocol = "", data = ""] = line.split(" ");
  const read = unpickle(Buffer.from(data, "base64"));
  if (!read.ok) return [`protocol ${protocol}: ${read.reason}: ${read.message}\n  Python  ${repr}\n  ${data}`];
  const wrong: string[] = [];
  const printed = pythonRepr(read.value, { bytes: Infinity });
  if (printed !== repr) wrong.push(`protocol ${protocol}${difference(printed, repr)}`);
  if (message !== null && read.value.kind === "call") {
    const text = exceptionMessage(read.value, { bytes: Infinity });
    if (text !== message) wrong.push(`str() of ${repr}, protocol ${protocol}${difference(text, message)}`);
  }
  return wrong;
}

describe("random values of every Python and protocol", function () {
  this.timeout(Math.max(120_000, count * 100));
  let python313 = "";

  before(async function () {
    const found = await findExactPython("3.13");
    if ("python" in found) {
      python313 = found.python;
      return;
    }
    if (process.env["ARQ_LIVE"] === "required") throw new Error(`ARQ_LIVE=required, but: ${found.unavailable}`);
    console.log(`      skipped: ${found.unavailable}, whose repr is the measure`);
    this.skip();
  });

  for (const version of versions) {
    it(`print as CPython 3.13 prints them: Python ${version}`, async function () {
      const found = await findExactPython(version);
      if (!("python" in found)) {
        this.skip();
        return;
      }
      const made = await run(found.python, ["make", seed, String(Math.ceil(count / 6))]);
      const truth = (await run(python313, ["print"], made)).trimEnd().split("\n");
      const lines = made.trimEnd().split("\n");
      assert.equal(truth.length, lines.length);
      const known = truth.map((line) => JSON.parse(line) as [string, string | null] | null);
      // What 3.13 itself cannot load or prints with an address has no truth to be held against.
      const judged = known.filter((one) => one !== null).length;
      assert.ok(judged > lines.length * 0.9, `only ${judged} of ${lines.length} values can be judged`);
      const wrong = known.flatMap((expected, index) =>
        expected === null ? [] : differences(lines[index] ?? "", expected),
      );
      assert.ok(
        wrong.length === 0,
        `${wrong.length} of ${judged} differ (seed ${seed}):\n${wrong.slice(0, 12).join("\n")}`,
      );
    });
  }
});
