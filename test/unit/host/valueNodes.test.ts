import assert from "node:assert/strict";
import { expandPath, rootNodes } from "../../../src/host/panels/valueNodes";
import type { PyValue } from "../../../src/python/value";

const int = (value: number): PyValue => ({ kind: "int", value: BigInt(value) });
const str = (value: string): PyValue => ({ kind: "str", value });
const list = (...items: PyValue[]): PyValue => ({ kind: "list", items });

describe("a value as rows of a page", () => {
  it("shows the root in one line, and its children with their labels", () => {
    const value: PyValue = {
      kind: "dict",
      entries: [
        [str("user"), int(7)],
        [str("tags"), list(str("a"), str("b"))],
      ],
    };
    const { root, children } = rootNodes(value);
    assert.deepEqual(root, {
      path: [],
      label: null,
      text: "{'user': 7, 'tags': ['a', 'b']}",
      kind: "container",
      childCount: 2,
    });
    assert.deepEqual(children[1], {
      path: [1],
      label: "'tags'",
      text: "['a', 'b']",
      kind: "container",
      childCount: 2,
    });
    assert.deepEqual(
      expandPath(value, [1]).map(({ path, text }) => [path, text]),
      [
        [[1, 0], "'a'"],
        [[1, 1], "'b'"],
      ],
    );
  });

  it("sends 200 children and a row for the rest, which opens into the next 200", () => {
    const value = list(...Array.from({ length: 450 }, (_, index) => int(index)));
    const { root, children } = rootNodes(value);
    assert.equal(root.childCount, children.length);
    assert.equal(children.length, 201);
    assert.deepEqual(children.at(-1), {
      path: [-200],
      label: null,
      text: "… 250 more",
      kind: "opaque",
      childCount: 201,
    });
    const next = expandPath(value, [-200]);
    assert.equal(next[0]?.text, "200");
    assert.deepEqual(next[0]?.path, [200]);
    assert.equal(next.at(-1)?.text, "… 50 more");
    assert.equal(expandPath(value, [-400]).length, 50);
    assert.deepEqual(expandPath(list(value), [0, -400]).at(-1)?.path, [0, 449]);
  });

  it("opens a long text into pieces that together are the text", () => {
    const text = `${"x".repeat(159)}😀${"y".repeat(400)}`;
    const { root, children } = rootNodes(str(text));
    assert.ok(root.text.length < 210);
    assert.ok(children.every(({ childCount, text: piece }) => childCount === 0 && !piece.includes("…")));
    assert.equal(children.map(({ text: piece }) => piece.slice(1, -1)).join(""), text);
  });

  it("never cuts a short text, whatever it holds", () => {
    const { root } = rootNodes(str("\u{10FFFF}".repeat(80)));
    assert.equal(root.text, `'${"\\U0010ffff".repeat(80)}'`);
    assert.equal(root.childCount, 0);
  });

  it("refuses a path that leads nowhere", () => {
    for (const path of [[0], [5, 1], [0.5], [1, -200]]) assert.throws(() => expandPath(int(1), path), /no such part/);
  });

  it("survives a value that holds itself", () => {
    const items: PyValue[] = [];
    const value: PyValue = { kind: "list", items };
    items.push(value);
    assert.equal(rootNodes(value).root.text, "[[...]]");
    assert.equal(expandPath(value, [0, 0, 0])[0]?.childCount, 1);
  });
});
