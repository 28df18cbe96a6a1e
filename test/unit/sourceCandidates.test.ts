import assert from "node:assert/strict";
import { type FilePath, readFramePath } from "../../src/python/framePath";
import { equallyGood, longestTail, type RatedFrame, ranked } from "../../src/python/sourceCandidates";

function path(file: string): FilePath {
  const read = readFramePath(file);
  assert.ok(read.kind === "file");
  return read;
}

describe("longestTail", () => {
  const files = [
    "/ws/tasks.py",
    "/ws/a/shop/tasks.py",
    "/ws/b/tasks.py",
    "/ws/app/shop/tasks.py",
    "/ws/shop/models.py",
  ];
  const table: [frame: string, tail: number, files: string[]][] = [
    ["/app/shop/tasks.py", 3, ["/ws/app/shop/tasks.py"]],
    ["/srv/shop/tasks.py", 2, ["/ws/a/shop/tasks.py", "/ws/app/shop/tasks.py"]],
    ["/ws/tasks.py", 2, ["/ws/tasks.py"]],
    ["/srv/other/tasks.py", 1, ["/ws/tasks.py", "/ws/a/shop/tasks.py", "/ws/b/tasks.py", "/ws/app/shop/tasks.py"]],
    ["./shop//models.py", 2, ["/ws/shop/models.py"]],
    ["/srv/shop/../a/shop/tasks.py", 3, ["/ws/a/shop/tasks.py"]],
    ["C:\\App\\Shop\\Tasks.py", 3, ["/ws/app/shop/tasks.py"]],
    ["/app/shop/Tasks.py", 0, []],
    ["/app/shop/views.py", 0, []],
    ["/app/code.zip/shop/tasks.py", 2, ["/ws/a/shop/tasks.py", "/ws/app/shop/tasks.py"]],
    ["/a/shop.egg/tasks.py", 1, ["/ws/tasks.py", "/ws/a/shop/tasks.py", "/ws/b/tasks.py", "/ws/app/shop/tasks.py"]],
  ];
  for (const [frame, tail, best] of table) {
    it(`finds for ${frame} those that share ${tail} names`, () =>
      assert.deepEqual(longestTail(path(frame), files), { tail, files: best }));
  }

  it("finds POSIX frames in Windows workspaces", () => {
    assert.deepEqual(longestTail(path("/app/shop/tasks.py"), ["D:\\ws\\tasks.py", "D:\\ws\\Shop\\tasks.py"]), {
      tail: 2,
      files: ["D:\\ws\\Shop\\tasks.py"],
    });
  });

  it("tells equal file names in two roots apart by the root's own name", () => {
    const roots = ["/ws/billing/worker/tasks.py", "/ws/mail/worker/tasks.py"];
    assert.deepEqual(longestTail(path("/srv/mail/worker/tasks.py"), roots).files, [roots[1]]);
    assert.deepEqual(longestTail(path("/srv/worker/tasks.py"), roots).files, roots);
  });
});

describe("ranked", () => {
  const found = (more: Partial<RatedFrame>): RatedFrame => ({
    path: "/ws/tasks.py",
    line: 1,
    text: "same",
    how: "tail",
    tail: 2,
    ...more,
  });

  it("takes the file that has the printed line, without asking", () => {
    const edited = found({ path: "/ws/a/tasks.py", text: "edited" });
    const same = found({ path: "/ws/b/tasks.py" });
    assert.deepEqual(ranked([edited, same]), [same, edited]);
    assert.equal(equallyGood(ranked([edited, same])), 1);
    const learned = found({ path: "/ws/c/tasks.py", how: "learned", text: "edited" });
    assert.deepEqual(ranked([learned, same]), [same, learned]);
  });

  it("asks where the line is in both, or in none", () => {
    for (const text of ["same", "moved", "edited", "unknown"] as const)
      assert.equal(equallyGood(ranked([found({ text }), found({ path: "/ws/b/tasks.py", text })])), 2, text);
    assert.equal(equallyGood(ranked([found({ text: "moved" }), found({ path: "/ws/b/tasks.py" })])), 1);
  });

  it("keeps the order of ways, and what the user said before everything else", () => {
    const ways = (["tail", "learned", "compose", "launch"] as const).map((how) =>
      found({ how, path: `/ws/${how}.py` }),
    );
    assert.deepEqual(
      ranked(ways).map(({ how }) => how),
      ["launch", "compose", "learned", "tail"],
    );
    const mapped = found({ how: "mapping", text: "edited" });
    assert.equal(ranked([...ways, mapped])[0], mapped);
  });

  it("has nothing to ask where nothing was found", () => assert.equal(equallyGood([]), 0));
});
