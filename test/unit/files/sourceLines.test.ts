import assert from "node:assert/strict";
import { linesAround, readPython } from "../../../src/files/sourceLines";
import { TempFolder } from "../../support/tempFolder";

const text = `import os


async def charge(ctx, order):
    gateway = ctx["gateway"]
    receipt = await gateway.charge(order["total"])
    return receipt
`;

describe("the lines around a frame", () => {
  it("are three before and three after", () => {
    const around = linesAround(text, 5);
    assert.deepEqual(around, {
      first: 2,
      lines: [
        "",
        "",
        "async def charge(ctx, order):",
        '    gateway = ctx["gateway"]',
        '    receipt = await gateway.charge(order["total"])',
        "    return receipt",
      ],
    });
  });

  it("end at the ends of the file, and lose the indentation that they share", () => {
    assert.deepEqual(linesAround(text, 1)?.lines.length, 4);
    assert.deepEqual(linesAround("class A:\r\n    def f(self):\r\n\r\n        pass\r\n", 4), {
      first: 1,
      lines: ["class A:", "    def f(self):", "", "        pass"],
    });
    assert.deepEqual(linesAround("\tif a:\n\t\tb()", 2)?.lines, ["if a:", "\tb()"]);
    assert.equal(linesAround(text, 99), null);
    assert.equal(linesAround(text, 0), null);
  });

  it("are cut where a line is endless", () => {
    assert.equal(linesAround("x".repeat(5000), 1)?.lines[0]?.length, 301);
  });

  it("come out of Python files only, whatever path a traceback names", async () => {
    const folder = new TempFolder();
    try {
      assert.equal(await readPython(folder.write("tasks.py", "pass\n")), "pass\n");
      assert.equal(await readPython(folder.write(".env", "PASSWORD=1\n")), null);
      assert.equal(await readPython("/etc/passwd"), null);
      assert.equal(await readPython(`${folder.path}/gone.py`), null);
      assert.equal(await readPython(folder.write("huge.py", "#".repeat(2_000_001))), null);
    } finally {
      folder.remove();
    }
  });
});
