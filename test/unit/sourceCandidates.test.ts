import assert from "node:assert/strict";
import { rankByTail, requiredTail, tailLength } from "../../src/python/sourceCandidates";

describe("rankByTail", () => {
  const files = [
    "/ws/tasks.py",
    "/ws/a/shop/tasks.py",
    "/ws/b/tasks.py",
    "/ws/app/shop/tasks.py",
    "/ws/shop/models.py",
  ];
  const table: [frame: string, ranked: string[]][] = [
    ["/app/shop/tasks.py", ["/ws/app/shop/tasks.py", "/ws/a/shop/tasks.py", "/ws/tasks.py", "/ws/b/tasks.py"]],
    ["/ws/tasks.py", ["/ws/tasks.py", "/ws/a/shop/tasks.py", "/ws/b/tasks.py", "/ws/app/shop/tasks.py"]],
    ["./shop//models.py", ["/ws/shop/models.py"]],
    ["C:\\App\\Shop\\Tasks.py", ["/ws/app/shop/tasks.py", "/ws/a/shop/tasks.py", "/ws/tasks.py", "/ws/b/tasks.py"]],
    ["/app/shop/Tasks.py", []],
    ["/app/shop/views.py", []],
    ["", []],
  ];
  for (const [frame, ranked] of table) {
    it(`ranks files for "${frame}"`, () => assert.deepEqual(rankByTail(frame, files), ranked));
  }

  it("finds POSIX frames in Windows workspaces", () => {
    assert.deepEqual(rankByTail("/app/shop/tasks.py", ["D:\\ws\\tasks.py", "D:\\ws\\Shop\\tasks.py"]), [
      "D:\\ws\\Shop\\tasks.py",
      "D:\\ws\\tasks.py",
    ]);
  });
});

describe("tailLength", () => {
  it("counts the segments that two paths share at their ends", () => {
    assert.equal(tailLength("/app/shop/tasks.py", "/ws/shop/tasks.py"), 2);
    assert.equal(tailLength("/app/shop/tasks.py", "/app/shop/tasks.py"), 3);
    assert.equal(tailLength("/app/shop/tasks.py", "/ws/shop/models.py"), 0);
  });
});

describe("requiredTail", () => {
  const table: [frame: string, segments: number][] = [
    ["/app/shop/tasks.py", 1],
    ["/v/lib/python3.12/site-packages/arq/worker.py", 2],
    ["C:\\v\\Lib\\site-packages\\six.py", 1],
    ["/usr/lib/python3.12/asyncio/tasks.py", 2],
  ];
  for (const [frame, segments] of table) {
    it(`asks for ${segments} matching segments of ${frame}`, () => assert.equal(requiredTail(frame), segments));
  }
});
