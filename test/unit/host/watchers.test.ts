import assert from "node:assert/strict";
import { Watchers } from "../../../src/host/watchers";
import { eventually } from "../../support/eventually";

describe("who looks", () => {
  const told: string[] = [];
  const watchers = () => {
    told.length = 0;
    return new Watchers((demand, before) => told.push(`${before} → ${demand}`), 50);
  };

  it("asks for more at once, and for less when nobody has looked again after a moment", async () => {
    const who = watchers();
    const bar = who.add("background");
    const view = who.add("view");
    assert.deepEqual(told, ["none → background", "background → visible"]);
    view.dispose();
    view.dispose();
    assert.equal(who.demand, "visible", "not yet");
    await eventually(() => assert.equal(who.demand, "background"));
    bar.dispose();
    await eventually(() => assert.equal(who.demand, "none"));
    assert.deepEqual(told.slice(2), ["visible → background", "background → none"]);
  });

  it("takes going from one panel to another for looking all the time", async () => {
    const who = watchers();
    const first = who.add("view");
    first.dispose();
    const second = who.add("view");
    assert.deepEqual(told, ["none → visible"]);
    second.dispose();
    await eventually(() => assert.equal(who.demand, "none"));
    assert.deepEqual(told, ["none → visible", "visible → none"]);
  });
});
