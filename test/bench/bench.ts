import { ensureArq } from "../support/arqEnvironment";
import { type Bench, type BenchContext, benches } from "./benches";
import { type Line, lineOf, round, Unavailable } from "./measure";

/**
 * `npm run bench [-- --json [name…]]`: what the product costs and how fast it is, side by side with others where there is
 * something to compare. Without names it leaves out what takes minutes. Measures only; nothing fails for being slow.
 */
const registry: Readonly<Record<string, Bench>> = benches;

function context(log: (line: string) => void): BenchContext {
  let arq: ReturnType<typeof ensureArq> | null = null;
  return {
    log,
    async python() {
      arq ??= ensureArq({ log });
      const found = await arq;
      if ("python" in found) return found.python;
      log(`Without real ARQ: ${found.unavailable}`);
      return null;
    },
    size: (full) => full,
  };
}

function wanted({ target }: Bench): string {
  return typeof target === "string" ? target : `at most ${target}`;
}

function rowOf(name: string, { value, unit, against, ratio }: Line): string {
  const peers = Object.entries(against).map(
    ([peer, theirs]) => `${ratio[peer] ?? "?"} times ${peer} (${round(theirs)} ${unit})`,
  );
  return `${name}: ${value} ${unit} (wanted: ${wanted(registry[name]!)})${peers.map((peer) => `; ${peer}`).join("")}`;
}

async function main(args: readonly string[]): Promise<number> {
  const json = args.includes("--json");
  const names = args.filter((arg) => arg !== "--json");
  for (const name of names) {
    if (!Object.hasOwn(registry, name))
      throw new Error(`No bench "${name}"; there are ${Object.keys(registry).join(", ")}.`);
  }
  // The JSON document alone goes to standard output.
  const log = (line: string) => (json ? console.error(line) : console.log(line));
  const chosen = Object.entries(registry).filter(([name, bench]) =>
    names.length > 0 ? names.includes(name) : bench.slow !== true,
  );
  const asked = context((line) => log(`  ${line}`));
  const found: Record<string, Line> = {};
  const failed: string[] = [];
  const unavailable: string[] = [];
  for (const [name, { run }] of chosen) {
    log(`${name} …`);
    try {
      found[name] = lineOf(await run(asked));
    } catch (error) {
      // What cannot be measured here keeps nothing else from being measured.
      log(`${name}: not measured: ${error instanceof Error ? error.message : String(error)}`);
      (error instanceof Unavailable ? unavailable : failed).push(name);
    }
  }
  log("");
  for (const [name, line] of Object.entries(found)) log(rowOf(name, line));
  if (unavailable.length > 0) log(`Not to be had here: ${unavailable.join(", ")}`);
  if (failed.length > 0) log(`Failed: ${failed.join(", ")}`);
  const left = Object.keys(registry).filter((name) => names.length === 0 && registry[name]?.slow === true);
  if (left.length > 0) log(`Only when named: ${left.join(", ")}`);
  if (json) console.log(JSON.stringify(found, null, 2));
  return failed.length === 0 ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
