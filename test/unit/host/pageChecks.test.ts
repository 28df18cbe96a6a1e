import assert from "node:assert/strict";
import {
  bool,
  fields,
  index,
  jobQuery,
  pageCommand,
  text,
  valuePath,
  valueRoot,
} from "../../../src/host/panels/checks";

const query = {
  states: ["failed"],
  queue: null,
  function: "send_email",
  errorGroup: null,
  text: "",
  sort: "newest",
  descending: true,
  offset: 0,
  limit: 50,
  anchor: null,
  remembered: false,
};

describe("what a page may send", () => {
  it("lets a proper query through as it is, and drops what does not belong to it", () => {
    assert.deepEqual(jobQuery(query), query);
    assert.deepEqual(jobQuery({ ...query, extra: "x" }), query);
    for (const remembered of [true, "also"]) assert.equal(jobQuery({ ...query, remembered }).remembered, remembered);
    for (const sort of ["scheduledAt", "worker", "runMs"]) assert.equal(jobQuery({ ...query, sort }).sort, sort);
  });

  const bad: [string, () => unknown][] = [
    ["no object", () => jobQuery(null)],
    ["a list", () => fields([])],
    ["an unknown state", () => jobQuery({ ...query, states: ["done"] })],
    ["states that are no list", () => jobQuery({ ...query, states: "failed" })],
    ["an unknown sort", () => jobQuery({ ...query, sort: "__proto__" })],
    ["a page of a million", () => jobQuery({ ...query, limit: 1_000_000 })],
    ["an anchor that is no text", () => jobQuery({ ...query, anchor: {} })],
    ["a choice of forgotten jobs that there is not", () => jobQuery({ ...query, remembered: "only" })],
    ["a negative offset", () => jobQuery({ ...query, offset: -1 })],
    ["an offset that is no number", () => jobQuery({ ...query, offset: NaN })],
    ["a text of a megabyte", () => jobQuery({ ...query, text: "x".repeat(1_000_000) })],
    ["a queue that is a number", () => jobQuery({ ...query, queue: 7 })],
    ["a command that is not offered", () => pageCommand({ command: "workbench.action.terminal.new" })],
    ["a root that is none", () => valueRoot("job")],
    ["a path of texts", () => valuePath(["0"])],
    ["an endless path", () => valuePath(Array.from({ length: 2000 }, () => 0))],
    ["a fraction", () => index(0.5, "frame")],
    ["a truthy text", () => bool("yes", "toSide")],
    ["a number for an id", () => text(7, "id")],
  ];
  for (const [what, check] of bad) {
    it(`refuses ${what}`, () => {
      assert.throws(check, Error);
    });
  }
});
