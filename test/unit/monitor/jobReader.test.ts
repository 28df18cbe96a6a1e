import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import type { JobFacts } from "../../../src/arq/jobModel";
import { JobReader } from "../../../src/monitor/jobReader";

/** A reader whose reads end when they are told to. */
function held() {
  const reads: { ids: readonly string[]; end: () => void; fail: () => void }[] = [];
  const applied: string[] = [];
  const lost: unknown[] = [];
  const reader = new JobReader({
    read: (ids) =>
      new Promise((resolve, reject) => {
        const facts = ids.map((id) => ({ id }) as JobFacts);
        reads.push({ ids, end: () => resolve(facts), fail: () => reject(new Error("lost")) });
      }),
    apply: (facts) => applied.push(...facts.map(({ id }) => id)),
    onLost: (error) => lost.push(error),
  });
  return { reader, reads, applied, lost };
}

const many = (count: number, name = "job"): string[] => Array.from({ length: count }, (_, i) => `${name}${i}`);

describe("The reader of jobs", () => {
  it("reads the next jobs while the last are on their way, and gathers single ones", async () => {
    const { reader, reads } = held();
    reader.add(many(1100), false);
    assert.deepEqual(
      reads.map(({ ids }) => ids.length),
      [500, 500],
      "what does not fill a read waits",
    );
    reads[0]?.end();
    reads[1]?.end();
    await turn();
    assert.equal(reads[2]?.ids.length, 100);
  });

  it("says of a reading made aside whether the same job was read here meanwhile", async () => {
    const { reader, reads } = held();
    const aside = (id: string) => {
      let end = (): void => {};
      const done = reader.aside(id, () => new Promise<void>((resolve) => (end = resolve)));
      return async () => {
        end();
        return (await done).alone;
      };
    };
    reader.add(["before"], true);
    const [before, during, other] = [aside("before"), aside("during"), aside("other")];
    reads[0]?.end();
    await turn();
    reader.add(["during"], true);
    reads[1]?.end();
    await turn();
    assert.deepEqual([await before(), await during(), await other()], [false, false, true]);
  });

  it("never has two reads of one job under way", async () => {
    const { reader, reads, applied } = held();
    reader.add(many(500), false);
    reader.add([...many(500), ...many(500, "other")], true);
    for (let round = 0; reads.some((_read, i) => i === round); round++) {
      const open = reads.slice(round).flatMap(({ ids }) => ids);
      assert.equal(new Set(open).size, open.length);
      reads[round]?.end();
      await turn();
    }
    assert.equal(applied.filter((id) => id === "job7").length, 2, "and reads it once more for the news");
    assert.equal(applied.length, 1500);
  });

  it("tells once that the connection is lost, and reads everything again that was on its way", async () => {
    const { reader, reads, applied, lost } = held();
    reader.add(many(1000), false);
    reads[0]?.fail();
    reads[1]?.fail();
    await turn();
    assert.equal(lost.length, 1);
    assert.equal(reader.pending, 1000);
    assert.equal(reader.paused, true);
    reader.resume();
    reads[2]?.end();
    reads[3]?.end();
    assert.equal(await reader.sweptAll(), true);
    assert.equal(new Set(applied).size, 1000);
  });
});
