import assert from "node:assert/strict";
import { IdStore } from "../../../src/monitor/idStore";
import { ColumnGrowth, makeColumns } from "../../../src/monitor/jobColumns";
import { RowHeap } from "../../../src/monitor/rowHeap";
import { RowList } from "../../../src/monitor/rowList";
import { TextArena } from "../../../src/monitor/textArena";
import { randomNumbers } from "../../support/random";

function hexId(random: () => number): string {
  return Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join("");
}

/** Ids as ARQ makes them, as users do, and as nobody should. */
function anyId(random: () => number, n: number): string {
  const kinds: (() => string)[] = [
    () => hexId(random),
    () => hexId(random).toUpperCase(),
    () => hexId(random).slice(1),
    () => `order:${n}`,
    () => `cron:tick:${1_700_000_000_000 + n}`,
    () => `größe ${n}`,
    () => `任务${n}😀`,
    () => `${n}\ud800`,
    () => (n % 50 === 0 ? "x".repeat(70_000) + n : `${n}`),
  ];
  return kinds[Math.floor(random() * kinds.length)]!();
}

describe("The ids of the index", () => {
  it("find every row, and give every id back as it was, through additions and removals", () => {
    const random = randomNumbers(7);
    const ids = new IdStore();
    const rows = new Map<string, number>();
    const free: number[] = [];
    let end = 0;
    for (let n = 0; n < 30_000; n++) {
      // Grows, shrinks to a few, and grows again.
      const shrinks = n % 15_000 > 9000;
      if (random() < (shrinks ? 0.9 : 0.2) && rows.size > 0) {
        const [id, row] = rows.entries().next().value!;
        ids.remove(row);
        rows.delete(id);
        free.push(row);
        assert.equal(ids.find(id), -1);
        continue;
      }
      const id = anyId(random, n);
      const row = free.pop() ?? end++;
      ids.add(row, id);
      rows.set(id, row);
    }
    assert.equal(ids.size, rows.size);
    for (const [id, row] of rows) {
      assert.equal(ids.find(id), row);
      assert.equal(ids.id(row), id);
    }
    for (const row of free) assert.equal(ids.id(row), "");
    assert.equal(ids.find("never added"), -1);
  });

  it("are ordered as strings are", () => {
    const random = randomNumbers(8);
    const ids = new IdStore();
    const all = [...new Set(Array.from({ length: 2000 }, (_, n) => anyId(random, n)))];
    all.forEach((id, row) => ids.add(row, id));
    const sorted = all.map((_, row) => row).sort((a, b) => ids.compare(a, b));
    assert.deepEqual(
      sorted.map((row) => ids.id(row)),
      [...all].sort(),
    );
  });

  it("are filtered as texts are, upper and lower case alike", () => {
    const random = randomNumbers(9);
    const ids = new IdStore();
    const all = Array.from({ length: 1000 }, (_, n) => anyId(random, n));
    all.forEach((id, row) => ids.add(row, id));
    const some = all.filter((id) => id.length < 100);
    const parts = Array.from({ length: 100 }, () => {
      const id = some[Math.floor(random() * some.length)]!;
      const from = Math.floor(random() * id.length);
      return id.slice(from, from + 1 + Math.floor(random() * 12));
    });
    for (const part of [...parts, "", "0", "ORDER:1", "GRÖSSE", "GRÖẞE", "abcdefg", "00000000", `${some[0]!}0`]) {
      const matches = ids.filter(part);
      const found = all.filter((_, row) => matches(row));
      assert.deepEqual(
        found,
        all.filter((id) => id.toLowerCase().includes(part.toLowerCase())),
        part,
      );
    }
  });
});

describe("The text arena", () => {
  it("keeps every text as it was, and no more garbage than texts", () => {
    const random = randomNumbers(10);
    const places: number[] = [];
    const arena = new TextArena({ get: (owner) => places[owner] ?? 0, set: (owner, at) => (places[owner] = at) });
    const texts = new Map<number, string>();
    const words = ["", "no money left", "größer als", "\u0000", "\ud83d", "价格", "y".repeat(20_000)];
    for (let n = 0; n < 50_000; n++) {
      const owner = Math.floor(random() * 2000);
      if (texts.delete(owner)) arena.remove(owner);
      if (random() < 0.4) continue;
      const text = `${words[Math.floor(random() * (n % 100 === 0 ? 7 : 6))]!}${n}`;
      arena.put(owner, text);
      texts.set(owner, text);
    }
    for (const [owner, text] of texts) {
      assert.equal(arena.text(owner), text);
      assert.ok(arena.equals(owner, text) && !arena.equals(owner, `${text}.`));
    }
    const used = [...texts.values()].reduce((sum, text) => sum + 2 * text.length + 12, 0);
    assert.ok(arena.bytes < 2 * used + 4 * 65_536, `${arena.bytes} bytes for ${used}`);
    for (const owner of texts.keys()) arena.remove(owner);
    assert.ok(arena.bytes <= 65_536, `${arena.bytes} bytes for nothing`);
  });
});

describe("The columns of the index", () => {
  it("are all there for every row, and never all copied at once when they are large", () => {
    const columns = makeColumns(1024);
    const growth = new ColumnGrowth(columns);
    const names = Object.keys(columns) as (keyof typeof columns)[];
    let before = names.map((name) => columns[name]);
    for (let row = 0; row < 400_000; row++) {
      growth.reach(row);
      columns.finishedAt[row] = row;
      if (row % 64 > 0 && row > 1024) continue;
      const now = names.map((name) => columns[name]);
      assert.ok(
        now.every(({ length }) => length > row),
        `row ${row}`,
      );
      const copied = now.filter((column, i) => column !== before[i]).length;
      if (row > 70_000) assert.ok(copied <= 2, `${copied} columns at row ${row}`);
      before = now;
    }
    assert.equal(columns.finishedAt[399_999], 399_999);
    assert.equal(columns.finishedAt[77], 77);
    assert.ok(columns.state.length < 1.4 * 400_000);
    assert.equal(columns.state[400_000], 255);
  });
});

describe("A heap and a list of rows", () => {
  it("agree with a plain sort, and with a set, whatever is put in, moved and taken out", () => {
    const random = randomNumbers(11);
    const places = new Uint32Array(500);
    const listed = new Uint32Array(500);
    const heap = new RowHeap(() => places);
    const list = new RowList(() => listed);
    const keys = new Map<number, number>();
    for (let n = 0; n < 20_000; n++) {
      const row = Math.floor(random() * 500);
      if (random() < 0.4) {
        heap.remove(row);
        list.remove(row);
        keys.delete(row);
      } else {
        const key = random() < 0.05 ? Number.POSITIVE_INFINITY : Math.floor(random() * 1000);
        heap.set(row, key);
        list.add(row);
        keys.set(row, key);
      }
      if (n % 10 > 0) continue;
      const least = keys.size === 0 ? null : Math.min(...keys.values());
      assert.equal(heap.firstKey, least);
      if (least !== null) assert.equal(keys.get(heap.first), least);
    }
    assert.deepEqual(new Set(list.rows), new Set(keys.keys()));
    for (const [row, key] of keys) assert.equal(heap.key(row), key);
    const drained: (number | null)[] = [];
    while (heap.size > 0) {
      drained.push(heap.firstKey);
      heap.remove(heap.first);
    }
    assert.deepEqual(
      drained,
      [...keys.values()].sort((a, b) => a - b),
    );
  });
});
