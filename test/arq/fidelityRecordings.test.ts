import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseHealthRecord } from "../../src/arq/healthRecord";
import { jobState } from "../../src/arq/jobState";
import { ArqKeys } from "../../src/arq/keys";
import { fidelityMatrix } from "../support/fidelityMatrix";
import {
  factsOfRecorded,
  readRecording,
  type RecordedHealth,
  type RecordedLook,
  rowOfRecorded,
  startIsKnown,
} from "../support/recordedRedis";
import { repositoryRoot } from "../support/repositoryRoot";
import { problemsOfRow } from "../support/sceneLook";
import { sceneNames } from "../support/sceneNames";

const folder = join(repositoryRoot(), "test", "arq", "recordings");
const recordings = readdirSync(folder)
  .filter((name) => /^arq-.*\.jsonl$/.test(name))
  .sort()
  .map((name) => readRecording(join(folder, name)));
const matrix = fidelityMatrix();

describe("The recordings of old ARQ", () => {
  it("are those of 0.16.1 to 0.22", () => {
    assert.deepEqual(
      recordings.map(({ version }) => version),
      ["0.16.1", "0.17", "0.18.4", "0.19.1", "0.20", "0.22"],
    );
  });
});

recordings.forEach(({ version, python, impossible, looks }, i) => {
  describe(`What ARQ ${version} on Python ${python} once did is read as it was`, () => {
    const column = matrix.column(version, python, i);

    for (const name of sceneNames) {
      it(name, async () => {
        const why = impossible[name];
        if (why !== undefined) {
          column.cells.set(name, { is: "impossible", why });
          return;
        }
        column.cells.set(name, { is: "wrong" });
        const own = looks.filter(({ scene }) => scene === name);
        assert.ok(own.length > 0, "nothing was recorded");
        for (const look of own) {
          if ("health" in look) checkHealth(look);
          else await checkJob(look);
        }
        column.cells.set(name, { is: "recorded" });
      });
    }
  });
});

async function checkJob(look: RecordedLook): Promise<void> {
  const queues = ["arq:queue", ...Object.keys(look.queues).filter((queue) => queue !== "arq:queue")];
  const row = await rowOfRecorded(look, queues);
  if (look.expect.gone === true) {
    assert.equal(row, null);
    assert.equal(jobState(await factsOfRecorded(look, queues), look.at), "finished");
    return;
  }
  assert.ok(row !== null, "nothing of the job is left");
  const { startedAt: _startedAt, knownWaitMs: _knownWaitMs, ...withoutStart } = look.expect;
  if (!startIsKnown(look)) assert.equal(row.startedAt, null);
  const expect = startIsKnown(look) ? look.expect : withoutStart;
  assert.deepEqual(problemsOfRow(row, expect, false, matrix.deviation), []);
}

function checkHealth({ expect: { worker }, health }: RecordedHealth): void {
  const keys = new ArqKeys();
  const found = Object.entries(health).filter(([key, [ttl, text]]) => {
    const parsed = keys.parse(key);
    assert.ok(ttl > 0 && parseHealthRecord(text) !== null, `${key}: ${text}`);
    if (parsed?.kind !== "health" || parsed.queue !== worker.queue) return false;
    return worker.pid === undefined ? parsed.process === "" : parsed.process.endsWith(`:${worker.pid}`);
  });
  assert.equal(found.length > 0, worker.there);
}
