import assert from "node:assert/strict";
import { groupErrors, type KnownOfFailures, nothingMoreKnown } from "../../../src/monitor/errorGroups";
import type { ErrorGroup, JobRow } from "../../../src/monitor/model";
import { Slices } from "../../../src/monitor/slices";
import { failedRow, rowsNow, tableOf } from "../../support/jobRows";

const minute = 60_000;
const hour = 60 * minute;
const watchedAll: KnownOfFailures = { ...nothingMoreKnown, watched: () => true };

/** `held` and `gone`: how long ago jobs of the group failed. */
async function group(held: readonly number[], gone: readonly number[], more = nothingMoreKnown): Promise<ErrorGroup> {
  const row = (agoMs: number, index: number, name: string): JobRow =>
    failedRow(`${name}${index}`, rowsNow - agoMs, "bad", { function: "charge" });
  const table = tableOf([
    ...held.map((ago, index) => row(ago, index, "held")),
    failedRow("other", rowsNow - 20 * hour, "something else", { function: "refund" }),
  ]);
  const remembered = gone.map((ago, index) => ({ ...row(ago, index, "gone"), rememberedSince: rowsNow }));
  const groups = await groupErrors(table, remembered, rowsNow, new Slices(), more);
  return groups.find(({ message }) => message === "bad")!;
}

describe("The mark of an error", () => {
  it("is new where it was seen for the first time within the last hour", async () => {
    assert.equal((await group([20 * minute, 50 * minute], [], watchedAll)).mark, "new");
    assert.equal((await group([20 * minute], [50 * minute], watchedAll)).mark, "new");
    assert.equal((await group([20 * minute, 61 * minute], [], watchedAll)).mark, null);
  });

  it("is not new where the history knows of it", async () => {
    const more = { ...watchedAll, firstSeen: () => rowsNow - 2 * hour };
    assert.equal((await group([20 * minute], [], more)).mark, null);
  });

  it("is not called new where failures may have been missed in the hour before", async () => {
    const asked: number[][] = [];
    const watched = (from: number, to: number): boolean => {
      asked.push([rowsNow - from, rowsNow - to]);
      return false;
    };
    assert.equal((await group([20 * minute], [], { ...nothingMoreKnown, watched })).mark, null);
    assert.deepEqual(asked[0], [80 * minute, 20 * minute]);
  });

  it("is new without anybody watching where an older failure of the same function is held", async () => {
    const table = tableOf([
      failedRow("new", rowsNow - 20 * minute, "bad", { function: "charge" }),
      failedRow("old", rowsNow - 3 * hour, "something else", { function: "charge" }),
    ]);
    const groups = await groupErrors(table, [], rowsNow, new Slices());
    assert.deepEqual(
      groups.map(({ message, mark }) => [message, mark]),
      [
        ["bad", "new"],
        ["something else", null],
      ],
    );
  });

  it("is back again after six quiet hours, of which held results or watching are the proof", async () => {
    assert.equal((await group([20 * minute, 7 * hour], [])).mark, "back", "a result that old is held");
    assert.equal((await group([20 * minute, 6 * hour], [])).mark, null, "less than six hours between them");
    assert.equal((await group([20 * minute], [7 * hour])).mark, null, "results in between may be forgotten");
    assert.equal((await group([20 * minute], [7 * hour], watchedAll)).mark, "back");
    assert.equal((await group([20 * minute, 2 * hour], [8 * hour], watchedAll)).mark, null, "it was back before");
    assert.equal((await group([2 * hour, 9 * hour], [], watchedAll)).mark, null, "not within the last hour");
  });

  it("is back again also where only the history knows when it was seen first", async () => {
    const more = { ...watchedAll, firstSeen: () => rowsNow - 40 * 24 * hour };
    assert.equal((await group([20 * minute], [], more)).mark, "back");
  });

  it("is not back again where earlier lives of the same job failed meanwhile", async () => {
    const since = (at: number): { group: string; finishedAt: number }[] => {
      assert.ok(at <= rowsNow - 7 * hour);
      return [{ group: key, finishedAt: rowsNow - 2 * hour }];
    };
    const { key } = await group([20 * minute], []);
    const more = { ...watchedAll, firstSeen: () => rowsNow - 40 * 24 * hour };
    assert.equal((await group([20 * minute], [], more)).mark, "back");
    assert.equal((await group([20 * minute], [], { ...more, since })).mark, null);
  });

  it("comes with the newest job", async () => {
    assert.equal((await group([20 * minute, 10 * minute], [])).latest?.id, "held1");
    assert.equal((await group([20 * minute], [5 * minute])).latest?.id, "gone0");
  });
});
