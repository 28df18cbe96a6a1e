import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { crc32, seal } from "../../../src/files/lineSeal";
import { openHistoryStore } from "../../../src/files/historyStore";
import type { HistoryStore } from "../../../src/monitor/ports";
import { eventually } from "../../support/eventually";
import { QuietLogger } from "../../support/quietLogger";
import { repositoryRoot } from "../../support/repositoryRoot";
import { TempFolder } from "../../support/tempFolder";

const day = "minutes-20261122";

describe("The history on disk", () => {
  let temp: TempFolder;
  let folder: string;
  let logger: QuietLogger;

  beforeEach(() => {
    temp = new TempFolder();
    folder = join(temp.path, "history", "0123");
    logger = new QuietLogger();
  });
  afterEach(() => {
    if (existsSync(folder)) chmodSync(folder, 0o700);
    temp.remove();
  });

  function open(writer?: string, bytesAtMost?: Record<string, number>): HistoryStore {
    return openHistoryStore({
      folder,
      logger,
      ...(writer === undefined ? {} : { writer }),
      ...(bytesAtMost === undefined ? {} : { bytesAtMost }),
    });
  }

  async function linesOf(store: HistoryStore): Promise<Record<string, string[]>> {
    const found: Record<string, string[]> = {};
    await store.load((section, lines) => void (found[section] ??= []).push(...lines));
    for (const lines of Object.values(found)) lines.sort();
    return found;
  }

  const append = (store: HistoryStore, section: string, ...lines: string[]): Promise<void> =>
    store.append(new Map([[section, lines]]));
  const path = (name: string): string => join(folder, name);
  const files = (): string[] => readdirSync(folder).toSorted();

  it("gives back every line by its section, whatever is in it", async () => {
    const store = open();
    await append(store, day, '{"m":1}', "ä 😀 \u2028", "");
    await append(store, day, "later");
    await append(store, "failures-20261122", "x".repeat(200_000));
    const found = await linesOf(open());
    assert.deepEqual(found[day], ["", "later", '{"m":1}', "ä 😀 \u2028"].toSorted());
    assert.deepEqual(found["failures-20261122"], ["x".repeat(200_000)]);
  });

  it("makes no folder and no file before there is something to write", async () => {
    const store = open();
    await linesOf(store);
    assert.equal(await store.clearedAt(), 0);
    await store.close();
    assert.equal(existsSync(join(temp.path, "history")), false);
  });

  it("lets others on this machine read nothing", async function () {
    if (process.platform === "win32") this.skip();
    await append(open("a"), day, "x");
    assert.equal(statSync(folder).mode & 0o077, 0);
    assert.equal(statSync(path(`${day}.a.v1.jsonl`)).mode & 0o077, 0);
  });

  it("loses a torn last line and nothing else, and writes on behind it", async () => {
    const store = open("a");
    await append(store, day, "one", "two");
    appendFileSync(path(`${day}.a.v1.jsonl`), seal("three").slice(0, 11));
    await append(store, day, "four");
    assert.deepEqual((await linesOf(open()))[day], ["four", "one", "two"]);
  });

  it("loses the lines in which bytes are damaged and nothing else, wherever the damage is", async () => {
    const lines = Array.from({ length: 40 }, (_, n) => `{"m":${n},"c":[["arq:queue",[["send",${n}]]]]}`);
    await append(open("a"), day, ...lines);
    const file = path(`${day}.a.v1.jsonl`);
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 37) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1 + (at % 255);
      writeFileSync(file, damaged);
      const found = (await linesOf(open()))[day] ?? [];
      assert.ok(
        found.every((line) => lines.includes(line)),
        `byte ${at} made a line up`,
      );
      // A line end that is gone joins two lines.
      assert.ok(found.length >= lines.length - 2, `byte ${at} cost ${lines.length - found.length} lines`);
    }
  });

  it("reads on behind garbage without line ends", async () => {
    await append(open("a"), day, "before");
    appendFileSync(path(`${day}.a.v1.jsonl`), Buffer.alloc(3_000_000, 120));
    await append(open("a"), day, "after");
    assert.deepEqual((await linesOf(open()))[day], ["after", "before"]);
  });

  it("lets two windows write at once", async () => {
    const [a, b] = [open(), open()];
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => Promise.all([append(a, day, `a${n}`), append(b, day, `b${n}`)])),
    );
    assert.equal((await linesOf(open()))[day]?.length, 100);
  });

  it("leaves files of another version as they are, and says so once", async () => {
    await append(open("a"), day, "mine");
    const newer = path(`${day}.b.v2.jsonl`);
    writeFileSync(newer, "a form not known here\n");
    const store = open();
    assert.deepEqual(await linesOf(store), { [day]: ["mine"] });
    await store.replace(day, ["anew"]);
    assert.equal(readFileSync(newer, "utf8"), "a form not known here\n");
    assert.deepEqual(
      logger.lines.map(({ level, message }) => [level, /another version/.test(message)]),
      [["warn", true]],
    );
  });

  it("replaces all pieces of a section by one", async () => {
    for (const writer of ["a", "b", "c"]) await append(open(writer), day, writer);
    const store = open("d");
    await linesOf(store);
    await append(store, day, "d");
    assert.deepEqual(store.sections.get(day)?.pieces, 4);
    await store.replace(day, ["a", "b", "c", "d"]);
    assert.deepEqual(files(), [`${day}.d-1.v1.jsonl`]);
    await append(store, day, "e");
    assert.deepEqual((await linesOf(open()))[day], ["a", "b", "c", "d", "e"]);
    await store.replace(day, []);
    assert.deepEqual(files(), []);
  });

  it("keeps what another window has added since it was read", async () => {
    const other = open("a");
    await append(other, day, "read");
    const store = open("b");
    await linesOf(store);
    await append(other, day, "added since");
    await append(open("c"), day, "begun since");
    await store.replace(day, ["read"]);
    assert.deepEqual((await linesOf(open()))[day], ["added since", "begun since", "read", "read"]);
  });

  it("never takes more room than its bound, also with two windows, and lets the oldest go first", async () => {
    const most = { minutes: 3_000_000 };
    const [a, b] = [open("a", most), open("b", most)];
    const text = "x".repeat(1000);
    for (let n = 0; n < 40; n++) {
      const section = `minutes-202611${String(1 + Math.floor(n / 2)).padStart(2, "0")}`;
      for (const store of [a, b]) await append(store, section, ...Array.from({ length: 100 }, () => text));
    }
    const sizes = files().map((name) => statSync(path(name)).size);
    const all = sizes.reduce((sum, size) => sum + size, 0);
    // Each looks at what the other has written after every megabyte of its own.
    assert.ok(all <= most.minutes + 2 * 1_048_576, `${all} bytes`);
    const left = Object.keys(await linesOf(open())).toSorted();
    assert.equal(left.at(-1), "minutes-20261120");
    assert.ok(!left.includes("minutes-20261101"));
  });

  it("takes no single write that is larger than the bound", async () => {
    const store = open("a", { minutes: 1000 });
    await append(store, day, "x".repeat(2000));
    await append(store, "hours-202611", "kept");
    assert.deepEqual(await linesOf(open()), { "hours-202611": ["kept"] });
    assert.equal(store.off, null);
  });

  it("clears everything, of other windows and versions too, while somebody writes", async () => {
    const other = open("a");
    await append(other, day, "other");
    mkdirSync(folder, { recursive: true });
    writeFileSync(path(`${day}.b.v2.jsonl`), "newer\n");
    const store = open("c");
    await linesOf(store);
    let writing = true;
    const writer = (async () => {
      while (writing) await append(other, day, "written on");
    })();
    await store.clear(1_795_000_000_123.4);
    writing = false;
    await writer;
    assert.deepEqual(
      files().filter((name) => !name.includes(".a.")),
      ["cleared.v1.json"],
    );
    assert.equal(await other.clearedAt(), 1_795_000_000_123);
    assert.ok((await linesOf(open()))[day]?.every((line) => line === "written on") ?? true);
    assert.equal(other.off, null);
  });

  it("switches itself off with one line in the log when its folder cannot be written", async function () {
    if (process.platform === "win32") this.skip();
    mkdirSync(join(temp.path, "history"), { recursive: true });
    writeFileSync(folder, "a file where the folder should be");
    const store = open();
    await append(store, day, "x");
    await append(store, day, "y");
    await store.replace(day, ["z"]);
    assert.match(store.off ?? "", /^The history is not kept: .+\.$/);
    assert.equal(logger.lines.length, 1);
  });

  it("is off when the disk is full, and says that", async function () {
    if (!existsSync("/dev/full")) this.skip();
    mkdirSync(folder, { recursive: true });
    const { symlinkSync } = await import("node:fs");
    symlinkSync("/dev/full", path(`${day}.a.v1.jsonl`));
    const store = open("a");
    await append(store, day, "x");
    assert.equal(store.off, "The history is not kept: the disk is full.");
    assert.equal(logger.lines.length, 1);
  });

  it("removes what a killed process left half written, but not what somebody writes now", async () => {
    await append(open("a"), day, "x");
    writeFileSync(path(`${day}.b-1.v1.jsonl.tmp`), "old");
    writeFileSync(path(`${day}.c-1.v1.jsonl.tmp`), "new");
    const old = new Date(Date.now() - 2 * 60 * 60_000);
    utimesSync(path(`${day}.b-1.v1.jsonl.tmp`), old, old);
    await linesOf(open());
    assert.deepEqual(files(), [`${day}.a.v1.jsonl`, `${day}.c-1.v1.jsonl.tmp`]);
  });

  describe("when its process is killed", () => {
    let child: ChildProcess | null = null;
    afterEach(() => void child?.kill("SIGKILL"));

    /** Writes and replaces until it is killed, and tells each number when it is written. */
    function startWriter(): ChildProcess {
      const entry = temp.write(
        "writer.ts",
        `import { openHistoryStore } from ${JSON.stringify(join(repositoryRoot(), "src/files/historyStore"))};
         const quiet = () => {};
         const store = openHistoryStore({ folder: ${JSON.stringify(folder)}, logger: { debug: quiet, info: quiet, warn: quiet, error: quiet } });
         const all = [];
         (async () => {
           for (let n = 0; ; n++) {
             const lines = Array.from({ length: 200 }, (_, i) => n + "." + i + "x".repeat(200));
             all.push(...lines);
             await store.append(new Map([["${day}", lines]]));
             if (n % 7 === 6) await store.replace("${day}", all);
             process.stdout.write(n + "\\n");
           }
         })();`,
      );
      const outfile = join(temp.path, "writer.js");
      buildSync({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "cjs" });
      return spawn(process.execPath, [outfile], { stdio: ["ignore", "pipe", "inherit"] });
    }

    it("loses nothing that was written before, wherever it was killed", async function () {
      this.timeout(60_000);
      for (let round = 0; round < 8; round++) {
        let told = "";
        child = startWriter();
        child.stdout?.on("data", (data: Buffer) => void (told += data.toString()));
        await eventually(() => told.split("\n").length > 3 + 4 * round);
        const exited = new Promise((resolve) => child?.once("exit", resolve));
        child.kill("SIGKILL");
        await exited;
        const last = Number(told.trim().split("\n").at(-1));
        const found = new Set((await linesOf(open()))[day]);
        for (let n = 0; n <= last; n++) {
          for (let i = 0; i < 200; i++)
            assert.ok(found.has(`${n}.${i}${"x".repeat(200)}`), `round ${round}: ${n}.${i} of ${last}`);
        }
        await open().clear(1);
      }
    });
  });

  it("seals lines with the checksum that zip has", () => {
    assert.equal(crc32(Buffer.from("123456789")), 0xcb_f4_39_26);
  });
});
