import assert from "node:assert/strict";
import { functionsTab, functionsView } from "../../../src/host/panels/tabs/functionsTab";
import { defaultThresholds } from "../../../src/monitor/health";
import type { FunctionStats } from "../../../src/monitor/model";
import { everyFunction, functionSorts, type FunctionsIntent } from "../../../src/protocol/tabs/functions";
import { functionLine } from "../../support/tabSamples";

function stats(fields: Partial<FunctionStats> & { readonly name: string }): FunctionStats {
  const { failing: _failing, ...rest } = functionLine(fields);
  return rest;
}

const all = [
  stats({ name: "alpha", complete: 90, failed: 10, runP95Ms: 50, waitP95Ms: 900, endedPerMinute: 1 }),
  stats({ name: "Beta", complete: 50, failed: 50, runP95Ms: 7_000, runP50Ms: 3, waitP95Ms: 10 }),
  stats({ name: "gamma", complete: 1, failed: 2, lastError: { type: "E", message: "", at: 7, id: "x" } }),
  stats({ name: "delta", count: 3 }),
];
const view = (intent: Partial<FunctionsIntent> = {}, of = all) =>
  functionsView(of, { ...everyFunction, ...intent }, defaultThresholds);
const names = (intent: Partial<FunctionsIntent>) => view(intent).functions.map(({ name }) => name);

describe("the functions of the dashboard", () => {
  it("sorts by every column both ways, what is not known last and what is equal by name", () => {
    assert.deepEqual(names({}), ["alpha", "Beta", "delta", "gamma"]);
    assert.deepEqual(names({ sort: "name", descending: true }), ["gamma", "delta", "Beta", "alpha"]);
    assert.deepEqual(names({ sort: "successRate", descending: false }), ["gamma", "Beta", "alpha", "delta"]);
    assert.deepEqual(names({ sort: "runP95", descending: true }), ["Beta", "alpha", "delta", "gamma"]);
    assert.deepEqual(names({ sort: "runP95", descending: false }), ["alpha", "Beta", "delta", "gamma"]);
    assert.equal(names({ sort: "waitP95", descending: true })[0], "alpha");
    assert.equal(names({ sort: "perMinute", descending: true })[0], "alpha");
    assert.equal(names({ sort: "lastError", descending: true })[0], "gamma");
    for (const sort of functionSorts) assert.equal(names({ sort }).length, 4, sort);
  });

  it("marks what fails too often, where enough jobs have ended to say so", () => {
    const marks = Object.fromEntries(view().functions.map(({ name, failing }) => [name, failing]));
    assert.deepEqual(marks, { alpha: "yellow", Beta: "red", gamma: null, delta: null });
    const own = { ...defaultThresholds, yellowFailedPercent: 60, redFailedPercent: 80, minimumJobs: 1 };
    const other = functionsView(all, everyFunction, own).functions.filter(({ failing }) => failing !== null);
    assert.deepEqual(
      other.map(({ name, failing }) => [name, failing]),
      [["gamma", "yellow"]],
    );
  });

  it("names what stands out of all of them, also when the page shows others", () => {
    const { standingOut, longestRunMs } = view({ text: "delta" });
    assert.deepEqual(standingOut, {
      failing: { name: "Beta", failureRate: 0.5, mark: "red" },
      slowest: { name: "Beta", ms: 7_000 },
      waiting: { name: "alpha", ms: 900 },
    });
    assert.equal(longestRunMs, 7_000);
    assert.deepEqual(view({}, all.slice(2)).standingOut, { failing: null, slowest: null, waiting: null });
    assert.equal(view({}, all.slice(0, 1)).standingOut.slowest, null, "one alone is not the slowest of anything");
  });

  it("finds by part of the name, and gives 50 of 2,000 at a time", () => {
    assert.deepEqual(names({ text: "BET" }), ["Beta"]);
    const many = Array.from({ length: 2_000 }, (_, n) => stats({ name: `f${n}`, complete: n }));
    const { functions, offset, total, known } = view({ text: "f1", offset: 100 }, many);
    assert.equal(functions.length, 50);
    assert.deepEqual({ offset, total, known }, { offset: 100, total: 1_111, known: 2_000 });
  });

  it("takes what a page or link asks for, fills in the rest, and refuses what is none", () => {
    const tab = functionsTab(
      () => defaultThresholds,
      () => null,
    );
    assert.deepEqual(tab.check({ text: "a" }), { ...everyFunction, text: "a" });
    for (const bad of [[], { sort: "__proto__" }, { offset: 0.5 }, { descending: "yes" }, { text: null }])
      assert.throws(() => tab.check(bad), Error);
  });
});
