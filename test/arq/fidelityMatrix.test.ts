import assert from "node:assert/strict";
import { defaultArqVersion, ensureArq } from "../support/arqEnvironment";
import { fidelityMatrix } from "../support/fidelityMatrix";
import { availablePythons } from "../support/pythons";
import { sceneNames } from "../support/sceneNames";
import { SceneRun } from "../support/sceneRun";

/**
 * Which ARQ to run on which Python: the first of these that the machine has, else the first that it has at all. By hand also one alone:
 * `ARQ_VERSION=0.25.0`.
 */
const columns = allColumns().filter(({ arq }) => (process.env["ARQ_VERSION"] ?? arq) === arq);

interface Wanted {
  readonly arq: string;
  /** A fork that puts a prefix of the user's choice before every key. */
  readonly fork?: { readonly distribution: string; readonly keyPrefix: string };
  readonly pythons: readonly string[];
  readonly feeds: readonly ("push" | "poll")[];
}

function allColumns(): readonly Wanted[] {
  return [
    { arq: "0.23", pythons: ["3.8", "3.9", "3.10", "3.11"], feeds: ["push"] },
    { arq: "0.25.0", pythons: ["3.9", "3.10", "3.11"], feeds: ["poll"] },
    { arq: "0.26.3", pythons: ["3.11", "3.12", "3.10"], feeds: ["push"] },
    { arq: defaultArqVersion, pythons: ["3.13", "3.12", "3.11"], feeds: ["push", "poll"] },
    { arq: defaultArqVersion, pythons: ["3.10", "3.9"], feeds: ["poll"] },
    {
      arq: "0.27.0",
      fork: { distribution: "arq-optimus", keyPrefix: "shop" },
      pythons: ["3.12", "3.11", "3.10"],
      feeds: ["push"],
    },
  ];
}
/** Between the starts of two columns: each begins with a dozen interpreters. */
const gapMs = 10_000;
const minute = 60_000;

type Started = { readonly run: SceneRun; readonly python: string } | { readonly missing: string };

const matrix = fidelityMatrix();
let all: Promise<Started>[] | null = null;

/** All columns side by side: most of a scene is waiting. */
function startAll(): Promise<Started>[] {
  const pythons = availablePythons((line) => console.log(`      ${line}`));
  const taken = new Set<string>();
  const chosen = pythons.then((here) =>
    columns.map((column) => {
      const python = column.pythons.find((name) => here.includes(name)) ?? here[0];
      const pair = `${nameOf(column)} ${python}`;
      // The same pair twice says nothing more.
      if (python === undefined || taken.has(pair)) return null;
      taken.add(pair);
      return python;
    }),
  );
  let place = 0;
  const started = columns.map(async ({ arq, fork, pythons: wanted, feeds }, i): Promise<Started> => {
    const python = (await chosen)[i];
    if (python === null || python === undefined)
      return { missing: `none of Python ${wanted.join(", ")} is on this machine` };
    const log = (line: string): void => console.log(`      ${line}`);
    const distribution = fork?.distribution ?? "arq";
    const environment = await ensureArq({ version: arq, distribution, python, packages: ["msgpack"], log });
    if ("unavailable" in environment) {
      if (environment.missing === "packages" && process.env["ARQ_LIVE"] === "required") {
        throw new Error(`ARQ_LIVE=required, but: ${environment.unavailable}`);
      }
      return { missing: environment.unavailable };
    }
    await new Promise((resolve) => setTimeout(resolve, place++ * gapMs));
    const keyPrefix = fork === undefined ? {} : { keyPrefix: fork.keyPrefix };
    const run = new SceneRun({ python: environment.python, feeds, deviation: matrix.deviation, ...keyPrefix });
    await run.start();
    return { run, python };
  });
  // Whoever waits for a column hears of its failure; until then nobody does.
  for (const each of started) each.catch(() => {});
  return started;
}

function nameOf({ arq, fork }: Wanted): string {
  return fork === undefined ? arq : `${fork.distribution.replace("arq-", "")} ${arq}`;
}

columns.forEach((each, i) => {
  const { pythons, feeds } = each;
  const name = nameOf(each);
  describe(`What ARQ ${name} on Python ${pythons[0]} does is shown as it is, by ${feeds.join(" and ")}`, function () {
    this.timeout(4 * minute);
    const column = matrix.column(name, pythons[0]!, 100 + i);
    let run: SceneRun | undefined;

    before(async function () {
      this.timeout(15 * minute);
      all ??= startAll();
      const started = await all[i]!;
      if ("missing" in started) {
        console.log(`      skipped: ${started.missing}`);
        for (const scene of sceneNames) column.cells.set(scene, { is: "notHere" });
        this.skip();
      }
      run = started.run;
      if (started.python !== pythons[0]) console.log(`      on Python ${started.python}`);
      column.python = started.python;
    });

    // At once: what goes on running would slow down the tests that follow.
    after(() => run?.stop());

    for (const scene of sceneNames) {
      it(scene, async function () {
        const end = await run!.end(scene);
        if (end.end === "impossible") {
          column.cells.set(scene, { is: "impossible", why: end.why });
          return;
        }
        column.cells.set(scene, { is: end.end === "right" ? "live" : "wrong" });
        assert.equal(end.end === "wrong" ? end.why : null, null);
      });
    }

    it("has a row in the matrix for every scene", () => assert.deepEqual(run?.names, sceneNames));
  });
});

after(async function () {
  this.timeout(minute);
  // Also those whose tests were not asked for.
  for (const started of await Promise.allSettled(all ?? [])) {
    if (started.status === "fulfilled" && "run" in started.value) await started.value.run.stop();
  }
  for (const line of matrix.print()) console.log(line);
});
