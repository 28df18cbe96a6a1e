import assert from "node:assert/strict";
import { defaultArqVersion, ensureArq } from "../support/arqEnvironment";
import { fidelityMatrix } from "../support/fidelityMatrix";
import { availablePythons } from "../support/pythons";
import { sceneNames } from "../support/sceneNames";
import { SceneRun } from "../support/sceneRun";

/** Which ARQ to run on which Python: the first of these that the machine has, else the first that it has at all. */
const columns: readonly {
  readonly arq: string;
  readonly pythons: readonly string[];
  readonly feeds: readonly ("push" | "poll")[];
}[] = [
  { arq: "0.23", pythons: ["3.8", "3.9", "3.10", "3.11"], feeds: ["push"] },
  { arq: "0.25.0", pythons: ["3.9", "3.10", "3.11"], feeds: ["poll"] },
  { arq: "0.26.3", pythons: ["3.11", "3.12", "3.10"], feeds: ["push"] },
  { arq: defaultArqVersion, pythons: ["3.10", "3.9"], feeds: ["poll"] },
  { arq: defaultArqVersion, pythons: ["3.13", "3.12", "3.11"], feeds: ["push", "poll"] },
];
/** Between the starts of two columns: each begins with a dozen interpreters. */
const gapMs = 9000;
const minute = 60_000;

type Started = { readonly run: SceneRun; readonly python: string } | { readonly missing: string };

const matrix = fidelityMatrix();
let all: Promise<Started>[] | null = null;

/** All columns side by side: most of a scene is waiting. */
function startAll(): Promise<Started>[] {
  const pythons = availablePythons((line) => console.log(`      ${line}`));
  const taken = new Set<string>();
  const chosen = pythons.then((here) =>
    columns.map(({ arq, pythons: wanted }) => {
      const python = wanted.find((name) => here.includes(name)) ?? here[0];
      // The same pair twice says nothing more.
      if (python === undefined || taken.has(`${arq} ${python}`)) return null;
      taken.add(`${arq} ${python}`);
      return python;
    }),
  );
  let place = 0;
  return columns.map(async ({ arq, pythons: wanted, feeds }, i): Promise<Started> => {
    const python = (await chosen)[i];
    if (python === null || python === undefined)
      return { missing: `none of Python ${wanted.join(", ")} is on this machine` };
    const log = (line: string): void => console.log(`      ${line}`);
    const environment = await ensureArq({ version: arq, python, packages: ["msgpack"], log });
    if ("unavailable" in environment) {
      if (environment.missing === "packages" && process.env["ARQ_LIVE"] === "required") {
        throw new Error(`ARQ_LIVE=required, but: ${environment.unavailable}`);
      }
      return { missing: environment.unavailable };
    }
    await new Promise((resolve) => setTimeout(resolve, place++ * gapMs));
    const run = new SceneRun({ python: environment.python, feeds, deviation: matrix.deviation });
    await run.start();
    return { run, python };
  });
}

columns.forEach(({ arq, pythons, feeds }, i) => {
  describe(`What ARQ ${arq} on Python ${pythons[0]} does is shown as it is, by ${feeds.join(" and ")}`, function () {
    this.timeout(4 * minute);
    const column = matrix.column(arq, pythons[0]!, 100 + i);
    let run: SceneRun;

    before(async function () {
      this.timeout(15 * minute);
      all ??= startAll();
      const started = await all[i]!;
      if ("missing" in started) {
        console.log(`      skipped: ${started.missing}`);
        for (const name of sceneNames) column.cells.set(name, { is: "notHere" });
        this.skip();
      }
      run = started.run;
      if (started.python !== pythons[0]) console.log(`      on Python ${started.python}`);
      column.python = started.python;
    });

    for (const name of sceneNames) {
      it(name, async function () {
        const end = await run.end(name);
        if (end.end === "impossible") {
          column.cells.set(name, { is: "impossible", why: end.why });
          return;
        }
        column.cells.set(name, { is: end.end === "right" ? "live" : "wrong" });
        assert.equal(end.end === "wrong" ? end.why : null, null);
      });
    }

    it("has a row in the matrix for every scene", () => assert.deepEqual(run.names, sceneNames));
  });
});

after(async () => {
  // Also those whose tests were not asked for.
  for (const started of await Promise.allSettled(all ?? [])) {
    if (started.status === "fulfilled" && "run" in started.value) await started.value.run.stop();
  }
  for (const line of matrix.print()) console.log(line);
});
