import assert from "node:assert/strict";
import { readFramePath } from "../../src/python/framePath";
import { learnedMapping, mappedPaths, type PathMapping, readMappings } from "../../src/python/pathMapping";

function mapped(file: string, ...mappings: [remote: string, local: string][]): string[] {
  const path = readFramePath(file);
  assert.ok(path.kind === "file");
  return mappedPaths(
    path,
    mappings.map(([remote, local]) => ({ remote, local })),
  );
}

describe("mappedPaths", () => {
  it("puts the local folder in the place of the remote one, the longest first", () => {
    assert.deepEqual(
      mapped("/app/shop/tasks.py", ["/app", "/ws/backend"], ["/app/shop", "/ws/shop"], ["/srv", "/no"]),
      ["/ws/shop/tasks.py", "/ws/backend/shop/tasks.py"],
    );
    assert.deepEqual(mapped("/application/tasks.py", ["/app", "/ws"]), [], "whole names only");
    assert.deepEqual(mapped("/app/tasks.py", ["/app/", "/ws/"]), ["/ws/tasks.py"]);
    assert.deepEqual(mapped("/app/tasks.py", ["/", "/ws"]), ["/ws/app/tasks.py"]);
  });

  it("reads Windows paths on Linux, and the other way", () => {
    assert.deepEqual(mapped("C:\\Build\\shop\\tasks.py", ["c:\\build", "/ws"]), ["/ws/shop/tasks.py"]);
    assert.deepEqual(mapped("c:/build/shop/tasks.py", ["C:\\Build", "/ws"]), ["/ws/shop/tasks.py"]);
    assert.deepEqual(mapped("/app/shop/tasks.py", ["/app", "D:\\ws"]), ["D:\\ws\\shop\\tasks.py"]);
  });

  it("takes a mapping without a remote folder for paths that are not absolute, and only for them", () => {
    assert.deepEqual(mapped("shop/tasks.py", ["", "/ws/b"]), ["/ws/b/shop/tasks.py"]);
    assert.deepEqual(mapped("/shop/tasks.py", ["", "/ws/b"]), []);
    assert.deepEqual(mapped("shop/tasks.py", ["/", "/ws/b"]), []);
  });

  it("never leaves the local folder", () => {
    assert.deepEqual(mapped("/app/../../etc/passwd", ["/app", "/ws"]), []);
    assert.deepEqual(mapped("../../etc/passwd", ["", "/ws"]), []);
  });
});

describe("learnedMapping", () => {
  const table: [file: string, path: string, pair: PathMapping | null][] = [
    ["/app/shop/tasks.py", "/ws/backend/shop/tasks.py", { remote: "/app", local: "/ws/backend" }],
    ["/tasks.py", "/ws/tasks.py", { remote: "/", local: "/ws" }],
    ["C:\\Build\\Shop\\tasks.py", "/ws/shop/tasks.py", { remote: "C:\\Build", local: "/ws" }],
    ["/app/shop/tasks.py", "D:\\ws\\shop\\tasks.py", { remote: "/app", local: "D:\\ws" }],
    ["shop/tasks.py", "/ws/b/shop/tasks.py", { remote: "", local: "/ws/b" }],
    ["/ws/shop/tasks.py", "/ws/shop/tasks.py", null],
    ["/app/tasks.py", "/ws/other.py", null],
  ];
  for (const [file, path, pair] of table) {
    it(`learns from ${file} that was ${path}`, () => {
      const frame = readFramePath(file);
      assert.ok(frame.kind === "file");
      assert.deepEqual(learnedMapping(frame, path), pair);
      // A Windows path may be written in another case.
      if (pair !== null) assert.equal(mappedPaths(frame, [pair])[0]?.toLowerCase(), path.toLowerCase());
    });
  }
});

describe("readMappings", () => {
  it("leaves out what is no pair of folders", () => {
    assert.deepEqual(
      readMappings([
        { remote: "/app", local: "/ws", more: 1 },
        { remote: 1, local: "a" },
        null,
        "x",
        { remote: "/", local: "" },
      ]),
      [{ remote: "/app", local: "/ws" }],
    );
    assert.deepEqual(readMappings("no list"), []);
  });
});
