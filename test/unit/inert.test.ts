import assert from "node:assert/strict";
import childProcess from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeBytes } from "../../src/arq/codecs";
import { decodeResultHeader } from "../../src/arq/header";
import { decodeResult } from "../../src/arq/payload";
import { Redactor } from "../../src/arq/redact";
import { pythonRepr } from "../../src/python/repr";
import { valueChildren } from "../../src/python/valueTree";
import { importsOf } from "../support/importRules";
import { repositoryRoot } from "../support/repositoryRoot";

/** What could run a text, load code or start a process, as it would stand in source. */
const means = [
  /\beval\s*\(/,
  /\bFunction\s*\(/,
  /\bnew\s+Function\b/,
  /\.constructor\b/,
  /\bimport\s*\(\s*(?!["'])/,
  /\brequire\b/,
  /\bprocess\s*\.\s*(?:binding|dlopen|kill|env|mainModule)/,
  /\bglobalThis\b/,
  /\bReflect\b/,
  /\bset(?:Timeout|Interval|Immediate)\s*\(/,
  /\bWebAssembly\b/,
  /\bWorker\s*\(/,
  /__(?:proto|defineGetter|defineSetter|lookupGetter)__/,
];

describe("Reading what a stranger wrote", () => {
  it("has nothing at hand that could import, call or evaluate: no such word stands in src/arq or src/python", () => {
    const found: string[] = [];
    let files = 0;
    for (const room of ["arq", "python"]) {
      const folder = join(repositoryRoot(), "src", room);
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const { name } = entry;
        const source = readFileSync(join(entry.parentPath, name), "utf8");
        files += 1;
        // zlib inflates and fzstd too; neither runs what it inflates. Lezer parses Python's grammar, which runs nothing of it.
        for (const { specifier } of importsOf(source)) {
          if (
            !/^\.\.?\//.test(specifier) &&
            !["node:zlib", "fzstd", "@lezer/common", "@lezer/python"].includes(specifier)
          )
            found.push(`${name}: ${specifier}`);
        }
        // Comments and texts may speak of them.
        const code = source
          .replaceAll(/\/\*[\s\S]*?\*\//g, "")
          .replaceAll(/(^|\s)\/\/.*$/gm, "")
          .replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""')
          .replaceAll(/`(?:[^`\\$]|\\.)*`/g, '""');
        for (const mean of means) if (mean.test(code)) found.push(`${name}: ${mean.source}`);
      }
    }
    assert.deepEqual(found, []);
    assert.ok(files > 50);
  });

  it("finds such words where they do stand", () => {
    for (const line of [
      "eval(text)",
      "new Function(text)",
      "import(name)",
      "require(name)",
      "({}).constructor(text)",
    ]) {
      assert.ok(
        means.some((mean) => mean.test(line)),
        line,
      );
    }
  });

  const names: [module: string, name: string][] = [
    ["os", "system"],
    ["posix", "system"],
    ["builtins", "eval"],
    ["builtins", "exec"],
    ["builtins", "__import__"],
    ["builtins", "getattr"],
    ["builtins", "set"],
    ["copyreg", "_reconstructor"],
    ["copyreg", "__newobj_ex__"],
    ["_codecs", "encode"],
    ["subprocess", "Popen"],
    ["functools", "partial"],
    ["operator", "attrgetter"],
    ["datetime", "datetime"],
    ["collections", "Counter"],
    ["decimal", "Decimal"],
    ["uuid", "UUID"],
    ["numpy", "dtype"],
    ["__proto__", "constructor"],
    ["constructor", "constructor"],
    ["dill._dill", "_load_type"],
    ["dill._dill", "_eval_repr"],
    ["dill._dill", "_get_attr"],
    ["cloudpickle.cloudpickle", "_builtin_type"],
    ["numpy.core.multiarray", "_reconstruct"],
    ["re", "_compile"],
    ["enum", "Flag"],
    ["toString", "call"],
    ["hasOwnProperty", "valueOf"],
    ["builtins", "__proto__"],
    ["builtins", "constructor"],
    ["collections", "__proto__"],
    ["", ""],
  ];
  const keys = [
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "valueOf",
    "then",
    "toJSON",
    "length",
    "kind",
    "hasOwnProperty",
  ];

  function text(value: string): Buffer {
    return Buffer.concat([Buffer.from([0x8c, value.length]), Buffer.from(value)]);
  }

  /** Ways to make a pickle call a name, and to give it a state, items and entries. */
  function* hostile(): Generator<Buffer> {
    const end = Buffer.from(".");
    const polluted = Buffer.concat([
      Buffer.from("}("),
      ...keys.map((key) => Buffer.concat([text(key), text("polluted")])),
      Buffer.from("u"),
    ]);
    for (const [module, name] of names) {
      const callee = Buffer.concat([text(module), text(name), Buffer.from([0x93])]);
      const old = Buffer.from(`c${module}\n${name}\n`);
      const command = text("touch /tmp/owned; process.exit(1)");
      for (const function_ of [callee, old]) {
        yield Buffer.concat([Buffer.from([0x80, 4]), function_, end]);
        yield Buffer.concat([Buffer.from([0x80, 4]), function_, command, Buffer.from("\x85R", "latin1"), end]);
        yield Buffer.concat([
          Buffer.from([0x80, 4]),
          function_,
          Buffer.from(")\x81", "latin1"),
          polluted,
          Buffer.from("b."),
          end,
        ]);
        yield Buffer.concat([Buffer.from([0x80, 4]), function_, Buffer.from(")"), polluted, Buffer.from([0x92]), end]);
        yield Buffer.concat([
          Buffer.from([0x80, 4]),
          function_,
          Buffer.from(")R("),
          command,
          command,
          Buffer.from("u."),
          end,
        ]);
        yield Buffer.concat([Buffer.from([0x80, 4]), function_, Buffer.from(")R("), command, Buffer.from("e."), end]);
        yield Buffer.concat([
          Buffer.from([0x80, 4]),
          function_,
          function_,
          command,
          Buffer.from("\x86R)R", "latin1"),
          end,
        ]);
      }
      yield Buffer.concat([Buffer.from("("), command, Buffer.from(`i${module}\n${name}\n`), end]);
      yield Buffer.concat([Buffer.from(`(c${module}\n${name}\n`), command, Buffer.from("o."), end]);
    }
    yield Buffer.concat([Buffer.from([0x80, 4]), polluted, end]);
    for (const key of keys) {
      yield Buffer.from(JSON.stringify({ t: 1, f: key, a: [], k: {}, et: 1, s: false, r: key, st: 1, ft: 1, q: key }));
      yield Buffer.from(
        `{"${key}":{"${key}":"polluted"},"t":null,"f":"f","a":[],"k":{"${key}":{"x":"polluted"}},"et":1}`,
      );
      yield Buffer.concat([
        Buffer.from([0x81, 0xa0 + key.length]),
        Buffer.from(key),
        Buffer.from([0x81, 0xa1, 0x78, 0xc3]),
      ]);
    }
  }

  it("reaches no import, call or prototype, whatever a payload names", () => {
    const hits: string[] = [];
    const undo: (() => void)[] = [];
    function watch(target: object, name: string): void {
      const own = Object.getOwnPropertyDescriptor(target, name);
      assert.ok(own !== undefined && own.configurable === true, name);
      undo.push(() => Object.defineProperty(target, name, own));
      const original: unknown = own.value;
      const trap = function trapped(this: unknown, ...args: unknown[]): unknown {
        hits.push(`${name}(${String(args[0]).slice(0, 40)})`);
        return typeof original === "function" ? Reflect.apply(original, this, args) : undefined;
      };
      Object.defineProperty(target, name, { ...own, value: trap });
    }
    for (const name of ["exec", "execSync", "spawn", "spawnSync", "fork", "execFile", "execFileSync"])
      watch(childProcess, name);
    for (const name of ["eval", "Function"]) watch(globalThis, name);
    for (const name of ["binding", "dlopen", "exit", "kill"]) watch(process, name);
    // What `(() => {}).constructor` would give.
    watch(Function.prototype, "constructor");

    const before = [Object.prototype, Array.prototype, Function.prototype, Map.prototype, String.prototype].map(
      (prototype) => ({
        prototype,
        names: Reflect.ownKeys(prototype).map(String).join(),
      }),
    );
    const redactor = new Redactor();
    let read = 0;
    let last: Buffer = Buffer.alloc(0);
    try {
      for (const bytes of hostile()) {
        last = bytes;
        const decoded = decodeBytes(bytes);
        const result = decodeResult(bytes);
        decodeResultHeader(bytes);
        if (result.ok) redactor.result(result);
        if (!decoded.ok) continue;
        read += 1;
        const redacted = redactor.value(decoded.value);
        // A name looked up in a table of ours must not find what every object inherits.
        const printed = pythonRepr(redacted) + pythonRepr(decoded.value);
        assert.doesNotMatch(printed, /\[native code\]|\[object |undefined/);
        for (const child of valueChildren(redacted)) pythonRepr(child.value);
      }
    } catch (error) {
      throw new Error(`${JSON.stringify(last.toString("latin1"))} broke the reader`, { cause: error });
    } finally {
      for (const put of undo.toReversed()) put();
    }
    assert.deepEqual(hits, []);
    for (const { prototype, names: known } of before)
      assert.equal(Reflect.ownKeys(prototype).map(String).join(), known);
    assert.equal(Reflect.get({}, "polluted"), undefined);
    assert.equal(Reflect.get({}, "x"), undefined);
    assert.ok(read > 250, `only ${read} were read: the payloads test too little`);
  });
});
