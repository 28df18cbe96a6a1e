import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { type FrameToFind, type LookupFacts, SourceLookup } from "../../../src/files/sourceLookup";
import { readPython } from "../../../src/files/sourceLines";
import { eventually } from "../../support/eventually";
import { TempFolder } from "../../support/tempFolder";

const code = `async def charge(ctx):
    card = ctx["card"]
    raise CardDeclined(card)
`;

describe("SourceLookup", () => {
  let folder: TempFolder;
  let facts: { -readonly [K in keyof LookupFacts]: LookupFacts[K] };
  let lookup: SourceLookup;

  beforeEach(() => {
    folder = new TempFolder();
    const roots = [folder.path];
    facts = {
      roots: () => roots,
      mappings: () => [],
      hints: () => Promise.resolve([]),
      learned: () => [],
      environments: () => Promise.resolve([]),
      read: readPython,
    };
    lookup = new SourceLookup({
      roots: () => facts.roots(),
      mappings: () => facts.mappings(),
      hints: () => facts.hints(),
      learned: () => facts.learned(),
      environments: () => facts.environments(),
      read: (path) => facts.read(path),
    });
  });
  afterEach(() => folder.remove());

  const frame = (file: string, more: Partial<FrameToFind> = {}): FrameToFind => ({
    file,
    line: 3,
    source: null,
    function: "",
    ...more,
  });
  const raised = { source: "raise CardDeclined(card)", function: "charge" };
  const find = (file: string, more: Partial<FrameToFind> = {}) => lookup.find(frame(file, more));
  const paths = async (file: string, more: Partial<FrameToFind> = {}) =>
    (await find(file, more)).found.map(({ path }) => path);

  it("takes the path as recorded when it exists, before everything else", async () => {
    const path = folder.write("shop/tasks.py", code);
    folder.write("other/shop/tasks.py");
    facts.mappings = () => [{ remote: folder.path, local: join(folder.path, "other") }];
    const { found, equal } = await find(path, raised);
    assert.deepEqual(found, [{ path, line: 3, text: "same", how: "path", tail: 0 }]);
    assert.equal(equal, 1);
    assert.deepEqual(await paths("shop/tasks.py"), [path], "relative to a root");
  });

  it("goes from mapping to mapping in their order: the user's, launch.json's, the containers', the learned one", async () => {
    const made = ["mapping", "launch", "compose", "learned"].map((name) => folder.write(`${name}/shop/tasks.py`, code));
    const local = (name: string) => ({ remote: "/app", local: join(folder.path, name) });
    facts.learned = () => [local("learned")];
    const look = async () => (await find("/app/shop/tasks.py", raised)).found[0];
    assert.deepEqual([(await look())?.path, (await look())?.how], [made[3], "learned"]);
    const compose = { ...local("compose"), how: "compose" as const };
    facts.hints = () => Promise.resolve([compose]);
    assert.deepEqual([(await look())?.path, (await look())?.how], [made[2], "compose"]);
    facts.hints = () => Promise.resolve([compose, { ...local("launch"), how: "launch" }]);
    assert.deepEqual([(await look())?.path, (await look())?.how], [made[1], "launch"]);
    facts.mappings = () => [local("mapping")];
    assert.deepEqual([(await look())?.path, (await look())?.how], [made[0], "mapping"]);
  });

  it("asks nobody for mappings while the path itself is there", async () => {
    const path = folder.write("tasks.py", code);
    const never = () => assert.fail("asked");
    Object.assign(facts, { mappings: never, hints: never, learned: never, environments: never });
    assert.deepEqual(await paths(path), [path]);
  });

  it("does not trust a conclusion that has lost the printed line while another file has it", async () => {
    folder.write("old/shop/tasks.py", "# nothing\n");
    const right = folder.write("backend/shop/tasks.py", code);
    facts.learned = () => [{ remote: "/app", local: join(folder.path, "old") }];
    assert.equal((await paths("/app/shop/tasks.py", raised))[0], right);
  });

  it("finds a path of a container by its longest matching tail", async () => {
    folder.write("tasks.py");
    const right = folder.write("backend/shop/tasks.py");
    folder.write("other/tasks.py");
    assert.deepEqual(await paths("/app/shop/tasks.py"), [right]);
    assert.deepEqual(await paths("C:\\work\\Shop\\Tasks.py"), [right]);
    assert.deepEqual(await paths("/app/code.zip/shop/tasks.py"), [right], "out of an archive");
  });

  it("asks only where the printed line does not tell files apart that match equally well", async () => {
    const both = [folder.write("a/shop/tasks.py", code), folder.write("b/shop/tasks.py", code)];
    folder.write("c/tasks.py");
    const { found, equal } = await find("/app/shop/tasks.py", raised);
    assert.deepEqual([found.map(({ path }) => path).sort(), equal], [both, 2]);
    folder.write("a/shop/tasks.py", code.replace("raise", "return"));
    const told = await find("/app/shop/tasks.py", raised);
    assert.deepEqual([told.found[0]?.path, told.equal], [both[1], 1]);
  });

  it("does not ask again what was chosen before, also for paths that are not absolute", async () => {
    const roots = ["one", "two"].map((name) => join(folder.path, name));
    for (const root of roots) folder.write(`${root.slice(folder.path.length + 1)}/shop/tasks.py`, code);
    facts.roots = () => roots;
    assert.equal((await find("shop/tasks.py", raised)).equal, 2);
    facts.learned = () => [{ remote: "", local: roots[1]! }];
    const { found, equal } = await find("shop/tasks.py", raised);
    assert.deepEqual([found[0]?.path, equal], [join(roots[1]!, "shop", "tasks.py"), 1]);
  });

  it("tells equal file names in two roots apart: by the folder's name, else by the printed line", async () => {
    const billing = folder.write("billing/tasks.py", "def bill(ctx):\n    raise Unpaid(ctx)\n");
    const mail = folder.write("mail/tasks.py", "def send(ctx):\n    raise Bounced(ctx)\n");
    facts.roots = () => [join(folder.path, "billing"), join(folder.path, "mail")];
    assert.deepEqual(await paths("/srv/mail/tasks.py"), [mail]);
    const bounced = await find("/app/tasks.py", { line: 2, source: "raise Bounced(ctx)", function: "send" });
    assert.deepEqual([bounced.found[0]?.path, bounced.equal], [mail, 1]);
    const unpaid = await find("/app/tasks.py", { line: 9, source: "raise Unpaid(ctx)", function: "bill" });
    assert.deepEqual(
      [unpaid.found[0]?.path, unpaid.found[0]?.line, unpaid.found[0]?.text, unpaid.equal],
      [billing, 2, "moved", 1],
    );
  });

  it("counts an open document's text, not the disk's", async () => {
    const path = folder.write("shop/tasks.py", "");
    facts.read = () => Promise.resolve(`# unsaved\n${code}`);
    assert.deepEqual((await find("/app/shop/tasks.py", raised)).found[0], {
      path,
      line: 4,
      text: "moved",
      how: "tail",
      tail: 2,
    });
  });

  it("takes no file for the frame's that shares nothing but its name with it", async () => {
    folder.write("shop/worker.py", "def work():\n    pass\n");
    assert.deepEqual(await paths("/var/task/arq/worker.py", { source: "await task", function: "run_job" }), []);
    lookup.files.forget();
    const own = folder.write("worker.py", "def run_job():\n    pass\n");
    assert.deepEqual(await paths("/srv/app/worker.py", { source: "await task", function: "run_job" }), [own]);
  });

  it("names what it tried when there is none", async () => {
    folder.write("shop/models.py");
    facts.mappings = () => [{ remote: "/app", local: "/nowhere" }];
    const { found, tried, why } = await find("/app/shop/tasks.py");
    assert.deepEqual(found, []);
    assert.equal(why, null);
    assert.deepEqual(tried, ["/app/shop/tasks.py", "/nowhere/shop/tasks.py", `${folder.path}/**/tasks.py`]);
  });

  it("looks through every root, each file once", async () => {
    const path = folder.write("one/shop/tasks.py");
    facts.roots = () => [join(folder.path, "one"), folder.path, join(folder.path, "missing")];
    assert.deepEqual(await paths("/app/shop/tasks.py"), [path]);
  });

  it("opens the editor's path for a file that the worker knows behind a link", async () => {
    const real = folder.write("real/shop/tasks.py", code);
    const link = join(folder.path, "link");
    symlinkSync(join(folder.path, "real"), link);
    facts.roots = () => [link];
    assert.deepEqual(await paths(real), [join(link, "shop", "tasks.py")]);
    facts.roots = () => [join(folder.path, "real")];
    assert.deepEqual(await paths(join(link, "shop", "tasks.py")), [real]);
  });

  for (const skipped of ["node_modules", ".git", ".venv", "venv", "__pycache__", "lib/site-packages"]) {
    it(`does not look into ${skipped}`, async () => {
      folder.write(`${skipped}/shop/tasks.py`);
      assert.deepEqual(await paths("/app/shop/tasks.py"), []);
    });
  }

  it("does not look into a virtual environment of any name, nor through symbolic links", async () => {
    folder.write("python312/pyvenv.cfg");
    folder.write("python312/shop/tasks.py");
    folder.write(".hidden/shop/tasks.py");
    symlinkSync(join(folder.path, ".hidden"), join(folder.path, "linked"));
    assert.deepEqual(await paths("/app/shop/tasks.py"), []);
  });

  describe("for files of libraries", () => {
    const arq = "/app/.venv/lib/python3.11/site-packages/arq/worker.py";

    it("opens the environment's, whatever version of Python it has", async () => {
      folder.write("env/pyvenv.cfg", "home = /nowhere/bin\n");
      const installed = folder.write("env/lib/python3.13/site-packages/arq/worker.py", "");
      folder.write("shop/worker.py", "# the user's own");
      facts.environments = () => Promise.resolve([join(folder.path, "env")]);
      const { found } = await find(arq);
      assert.deepEqual([found[0]?.path, found[0]?.how], [installed, "library"]);
      assert.deepEqual(await paths("C:\\venv\\Lib\\site-packages\\arq\\worker.py"), [installed]);
      assert.deepEqual(await paths("/var/task/arq/worker.py", { function: "run_job" }), [installed]);
    });

    it("opens the file of the environment that has the printed line, else that of the first one", async () => {
      const install = (name: string, text: string): string => {
        folder.write(`${name}/pyvenv.cfg`, "home = /nowhere/bin\n");
        return folder.write(`${name}/lib/python3.13/site-packages/arq/worker.py`, text);
      };
      const first = install("one", "async def run_job(self):\n    pass\n");
      install("two", "# yet another release\n");
      const third = install("three", "async def run_job(self):\n    result = await task\n");
      facts.environments = () =>
        Promise.resolve(["none", "one", "two", "three"].map((name) => join(folder.path, name)));
      const printed = { line: 2, source: "result = await task", function: "run_job" };
      const { found, equal } = await find(arq, printed);
      assert.deepEqual([found.map(({ path, text }) => [path, text]), equal], [[[third, "same"]], 1]);
      const edited = await find(arq, { ...printed, source: "result = await another" });
      assert.deepEqual([edited.found.map(({ path }) => path), edited.equal], [[first], 1]);
      assert.deepEqual(await paths(arq), [first], "nothing was printed to tell them apart by");
    });

    it("opens the standard library of the Python that the environment was made with, frozen modules too", async () => {
      const base = join(folder.path, "base");
      for (const version of ["3.12", "3.13"]) folder.write(`base/lib/python${version}/os.py`);
      const tasks = folder.write("base/lib/python3.12/asyncio/tasks.py");
      const bootstrap = folder.write("base/lib/python3.12/importlib/_bootstrap.py");
      folder.write("env/pyvenv.cfg", `home = ${base}/bin\nversion = 3.12.4\n`);
      facts.environments = () => Promise.resolve([join(folder.path, "env")]);
      assert.deepEqual(await paths("/usr/local/lib/python3.11/asyncio/tasks.py"), [tasks]);
      assert.deepEqual(await paths("C:\\Python312\\Lib\\asyncio\\tasks.py"), [tasks]);
      assert.deepEqual(await paths("<frozen importlib._bootstrap>"), [bootstrap]);
      assert.equal((await find("<frozen getpath>")).why, "frozen");
    });

    it("never takes the user's file for one of a library with the same name", async () => {
      folder.write("shop/worker.py");
      folder.write("tasks.py");
      folder.write("shop/__init__.py");
      folder.write("shop/arq/worker.py", "# a package of the user's own");
      assert.deepEqual(await paths(arq), []);
      assert.deepEqual(await paths("/usr/local/lib/python3.12/asyncio/tasks.py"), []);
      const checkout = folder.write("vendor/arq/worker.py");
      lookup.files.forget();
      assert.deepEqual(await paths(arq), [checkout]);
    });
  });

  for (const [file, why] of [
    ["", "nothing"],
    ["<string>", "generated"],
    ["<stdin>", "typed"],
    ["<ipython-input-1-abc>", "notebook"],
    ["Cell In[3]", "notebook"],
    ["/tmp/ipykernel_17/4.py", "notebook"],
    ["a\0b.py", "nothing"],
  ] as const) {
    it(`says of ${JSON.stringify(file)} why it is no file: ${why}`, async () =>
      assert.deepEqual(await find(file), { found: [], equal: 0, tried: [], why }));
  }

  for (const share of ["\\\\evil.example\\share\\tasks.py", "//evil.example/share/tasks.py"]) {
    it(`never touches the network share ${share}`, async () => {
      const { tried } = await find(share);
      assert.ok(!tried.includes(share));
    });
  }

  it("does not leave a root by a path that climbs", async () => {
    mkdirSync(join(folder.path, "ws"));
    folder.write("secret.py");
    facts.roots = () => [join(folder.path, "ws")];
    assert.deepEqual(await paths("../secret.py"), []);
  });

  it("finds for a click what came a moment ago, also in a folder moved in from elsewhere, and asks among all that fit", async () => {
    const now = async (file: string) => {
      const { found, equal } = await lookup.find(frame(file), true);
      return { paths: found.map(({ path }) => path), equal };
    };
    assert.deepEqual((await now("/app/shop/tasks.py")).paths, []);
    const first = folder.write("a/shop/tasks.py");
    assert.deepEqual(await now("/app/shop/tasks.py"), { paths: [first], equal: 1 });
    const second = folder.write("b/shop/tasks.py");
    folder.write("node_modules/b/shop/tasks.py");
    assert.deepEqual(await now("/app/shop/tasks.py"), { paths: [first, second], equal: 2 });
    const elsewhere = new TempFolder();
    elsewhere.write("shop/tasks.py");
    renameSync(elsewhere.path, join(folder.path, "c"));
    const third = join(folder.path, "c", "shop", "tasks.py");
    assert.deepEqual((await now("/app/shop/tasks.py")).paths, [first, second, third]);
    renameSync(join(folder.path, "c"), join(folder.path, "d"));
    rmSync(join(folder.path, "b"), { recursive: true });
    assert.deepEqual((await now("/app/shop/tasks.py")).paths, [first, join(folder.path, "d", "shop", "tasks.py")]);
  });

  it("reads a folder again only when it has changed", async () => {
    const shop = join(folder.write("shop/tasks.py"), "..");
    const long = new Date("2026-01-01T00:00:00Z");
    for (const path of [shop, folder.path]) utimesSync(path, long, long);
    assert.equal((await lookup.find(frame("/app/shop/tasks.py"), true)).found.length, 1);
    // Nothing but its time tells of it.
    folder.write("shop/late.py");
    utimesSync(shop, long, long);
    assert.deepEqual((await lookup.find(frame("/app/shop/late.py"), true)).found, []);
    utimesSync(shop, new Date("2026-01-02T00:00:00Z"), new Date("2026-01-02T00:00:00Z"));
    assert.equal((await lookup.find(frame("/app/shop/late.py"), true)).found.length, 1);
  });

  it("looks at the disk by itself a while after it has last", async () => {
    assert.deepEqual(await paths("/app/shop/tasks.py"), []);
    const path = folder.write("shop/tasks.py");
    await eventually(async () => assert.deepEqual(await paths("/app/shop/tasks.py"), [path]));
    rmSync(path);
    assert.deepEqual(await paths("/app/shop/tasks.py"), [], "what is gone is never told");
  });
});
