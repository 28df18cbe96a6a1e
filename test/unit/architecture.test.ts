import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { brokenRules, importsOf } from "../support/importRules";
import { repositoryRoot } from "../support/repositoryRoot";

/** Every source file of the product by its path from the root. */
function productFiles(): Map<string, string> {
  const root = repositoryRoot();
  const files = ["src", "webview"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return new Map(files.map((path) => [relative(root, path).split(sep).join("/"), readFileSync(path, "utf8")]));
}

describe("the house", () => {
  it("keeps the import table and the other rules of design.md", () => {
    const files = productFiles();
    assert.ok(files.size > 50, `only ${files.size} files found: is the checker looking at the right place?`);
    assert.deepEqual(brokenRules(files), []);
  });
});

describe("brokenRules", () => {
  const house = {
    "src/arq/keys.ts": "export const keys = 1;",
    "src/arq/jobModel.ts": 'import type { Value } from "../python/value";',
    "src/python/value.ts": "export interface Value {}",
    "src/python/highlight.ts": "",
    "src/monitor/ports.ts": "",
    "src/redis/client.ts": 'import { Redis } from "ioredis"; import { keys } from "../arq/keys";',
    "src/files/log.ts": 'import { stat } from "node:fs/promises";',
    "src/protocol/channel.ts": "",
    "src/host/panel.ts": 'import * as vscode from "vscode"; import "../redis/client";',
    "webview/shared/toolkit.ts": 'export { provide } from "@vscode/webview-ui-toolkit";',
    "src/extension.ts": "",
    "src/inspect.ts": "",
  };
  const broken = (files: Record<string, string>): string[] =>
    brokenRules(new Map(Object.entries({ ...house, ...files })));

  it("finds nothing in a house that keeps the rules", () => assert.deepEqual(broken({}), []));

  const allowed: [path: string, text: string][] = [
    ["src/python/a.ts", 'import type { K } from "../arq/keys";'],
    ["src/python/a.ts", 'import { type K, type L } from "../arq/keys";'],
    ["src/python/a.ts", 'let k: import("../arq/keys").K;'],
    ["src/python/a.ts", 'let k: typeof import("../arq/keys");'],
    ["src/python/a.ts", '// import { k } from "../arq/keys";\n/* import "vscode" */'],
    ["src/redis/a.ts", 'import { readFile } from "node:fs/promises"; import type { Port } from "../monitor/ports";'],
    ["src/files/a.ts", 'import type { Clock } from "../monitor/ports";'],
    ["src/protocol/a.ts", 'export type { Port } from "../monitor/ports";'],
    ["webview/a.ts", 'import { highlight } from "../src/python/highlight"; import { html } from "lit";'],
    ["webview/a.ts", 'import { css } from "lit/decorators.js"; import "./shared/toolkit";'],
    ["src/extension.ts", 'import * as vscode from "vscode"; import "./host/panel";'],
    ["src/inspect.ts", 'import "./redis/client"; import { argv } from "node:process";'],
    ["src/host/a.ts", 'void import("../files/log");'],
  ];
  for (const [path, text] of allowed) {
    it(`lets ${path} say ${text.replaceAll("\n", " ")}`, () => assert.deepEqual(broken({ [path]: text }), []));
  }

  const forbidden: [path: string, text: string, sentence: RegExp][] = [
    [
      "src/python/a.ts",
      'import { keys } from "../arq/keys";',
      /imports src\/arq\/keys\.ts, of which src\/python may only/,
    ],
    ["src/python/a.ts", 'import { type K, keys } from "../arq/keys";', /may only import types/],
    ["src/python/a.ts", 'import {\n  type K,\n  keys,\n} from "../arq/keys";', /may only import types/],
    ["src/python/a.ts", 'export * from "../arq/keys";', /may only import types/],
    ["src/python/a.ts", 'export { keys } from "../arq/keys";', /may only import types/],
    ["src/python/a.ts", 'await import("../arq/keys");', /may only import types/],
    ["src/python/a.ts", 'import "../arq/keys";', /may only import types/],
    ["src/python/a.ts", 'require("../arq/keys");', /may only import types/],
    ["src/python/a.ts", "await import(name);", /imports \(not a literal\)/],
    [
      "src/python/a.ts",
      'import type { P } from "../monitor/ports";',
      /imports src\/monitor\/ports\.ts, which src\/python may not/,
    ],
    ["src/arq/a.ts", 'import type { P } from "../monitor/ports";', /which src\/arq may not/],
    ["src/arq/a.ts", 'import { join } from "node:path";', /imports node:path, which src\/arq may not/],
    ["src/monitor/a.ts", 'import "../redis/client";', /which src\/monitor may not/],
    ["src/monitor/a.ts", 'import type { Redis } from "ioredis";', /which only src\/redis\/ may/],
    ["src/redis/a.ts", 'import { value } from "../monitor/ports";', /may only import types/],
    ["src/files/a.ts", 'import { keys } from "../arq/keys";', /which src\/files may not/],
    ["src/files/a.ts", 'import { window } from "vscode";', /which only src\/host\/ and src\/extension\.ts may/],
    ["src/host/a.ts", 'import { statSync } from "node:fs";', /which only src\/files\/ and src\/redis\/ may/],
    ["src/host/a.ts", 'import { statSync } from "fs";', /imports fs, which src\/host may not/],
    ["src/host/a.ts", 'import "../../webview/shared/toolkit";', /which src\/host may not/],
    ["src/protocol/a.ts", 'import { keys } from "../arq/keys";', /may only import types/],
    ["src/inspect.ts", 'import "./files/log";', /which src\/inspect\.ts may not/],
    ["src/extension.ts", 'import "../webview/shared/toolkit";', /which src\/extension\.ts may not/],
    ["webview/a.ts", 'import { keys } from "../src/arq/keys";', /may only import types/],
    ["webview/a.ts", 'import "../src/host/panel";', /which webview may not/],
    ["webview/a.ts", 'import { x } from "@vscode/webview-ui-toolkit";', /which only webview\/shared\/toolkit\.ts may/],
    ["webview/a.ts", 'import { render } from "react";', /imports react, which webview may not/],
    ["src/stray.ts", 'import "./arq/keys";', /belongs to no room/],
    ["src/arq/a.ts", "export default 1;", /default export/],
    ["src/arq/a.ts", "export { a as default };", /default export/],
    ["src/arq/a.ts", "\n".repeat(401), /401 lines, more than 400/],
    ["src/arq/a.ts", 'import "./a";', /cycle: src\/arq\/a\.ts → src\/arq\/a\.ts/],
  ];
  for (const [path, text, sentence] of forbidden) {
    it(`does not let ${path} say ${text.trim() === "" ? "too much" : text.replaceAll("\n", " ")}`, () => {
      const [only, ...more] = broken({ [path]: text });
      assert.match(only ?? "nothing broken", sentence);
      assert.deepEqual(more, []);
    });
  }

  it("finds a cycle over three files, but none made of types", () => {
    const files = { "src/arq/a.ts": 'import "./b";', "src/arq/b.ts": 'import "./c";', "src/arq/c.ts": 'import "./a";' };
    assert.deepEqual(broken(files), ["cycle: src/arq/a.ts → src/arq/b.ts → src/arq/c.ts → src/arq/a.ts"]);
    assert.deepEqual(broken({ ...files, "src/arq/c.ts": 'import type { A } from "./a";' }), []);
  });

  it("names the line", () => {
    assert.deepEqual(importsOf('// one\n\nimport { a } from "./a";'), [{ specifier: "./a", typeOnly: false, line: 3 }]);
  });
});
