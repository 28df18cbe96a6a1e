import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json";
import texts from "../../package.nls.json";
import { textCalls } from "../support/baseBundle";
import { localManifest, nlsKey } from "../support/localManifest";

/** Fields of the manifest that people read, wherever they stand in it. */
const readByPeople = new Set([
  "displayName",
  "title",
  "shortTitle",
  "category",
  "name",
  "contextualTitle",
  "contents",
  "label",
  "description",
  "markdownDescription",
  "enumDescriptions",
  "markdownEnumDescriptions",
]);

/** Every text below `value` with the path to it. */
function* textsOf(value: unknown, path: readonly string[]): Generator<{ path: readonly string[]; text: string }> {
  if (typeof value === "string") yield { path, text: value };
  else if (typeof value === "object" && value !== null)
    for (const [key, below] of Object.entries(value)) yield* textsOf(below, [...path, key]);
}

/** Of `enumDescriptions` the elements count, so numbers are no names. */
const fieldOf = (path: readonly string[]): string => path.findLast((step) => !/^\d+$/.test(step)) ?? "";

const shown = [
  ...textsOf({ displayName: manifest.displayName, description: manifest.description }, []),
  ...textsOf(manifest.capabilities, ["capabilities"]),
  ...textsOf(manifest.contributes, ["contributes"]),
].filter(({ path }) => {
  // The names of connections, and what a snippet writes, are values.
  if (path.includes("body") || path.includes("examples") || path.includes("default")) return false;
  // What models read is English, and the names of their tools are names.
  if (path.includes("inputSchema") || (path.includes("languageModelTools") && fieldOf(path) === "name")) return false;
  return readByPeople.has(fieldOf(path));
});

/**
 * English on purpose: what tools tell models, what decoders say of bytes they cannot read (it becomes part of errors and is looked up as it is), what Python says, and the command line.
 */
const englishOnly = [
  /^src[/\\]host[/\\]models[/\\]/,
  /^src[/\\]arq[/\\]headerEnds\.ts$/,
  /^src[/\\]inspect\.ts$/,
  /^src[/\\]python[/\\]exceptionMessage\.ts$/,
];
const comments = /\/\/[^\n]*|\/\*[^]*?\*\//g;
const quoted = /"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g;
/** Begins and ends as a sentence does, with at least three words of its own. */
const isSentence = (text: string): boolean =>
  /^(?:[A-Z]|\$\{).*[^.]\.$/s.test(text) && (text.replaceAll(/\$\{[^}]*\}/g, "").match(/[a-z]+/gi) ?? []).length >= 3;
/** What takes sentences to a translator, or to the log, which stays English as reports are written from it. */
const taken = /(?:\bt|\.(?:debug|info|warn|error)|\bexpected:)\(?\s*$/;

function* bareSentences(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !file.endsWith(".ts") || englishOnly.some((path) => path.test(file))) continue;
    const source = readFileSync(file, "utf8").replaceAll(comments, (comment) => comment.replaceAll(/[^\n]/g, " "));
    for (const { index, 1: plain, 2: template } of source.matchAll(quoted)) {
      const text = plain ?? template ?? "";
      if (isSentence(text) && !taken.test(source.slice(0, index))) yield `${file}: ${text}`;
    }
  }
}

describe("texts that people read can be translated", () => {
  it("hands every whole sentence of the product to a translator", () => {
    assert.deepEqual([...bareSentences("src"), ...bareSentences("webview")], []);
  });

  it("has every text of package.json in package.nls.json", () => {
    assert.ok(shown.length > 80, `${shown.length} texts`);
    for (const { path, text } of shown) assert.match(text, nlsKey, path.join("."));
    localManifest(manifest, texts);
  });

  it("has nothing in package.nls.json that package.json does not use", () => {
    const used = new Set([...textsOf(manifest, [])].flatMap(({ text }) => nlsKey.exec(text)?.[1] ?? []));
    assert.deepEqual(
      Object.keys(texts).filter((key) => !used.has(key)),
      [],
    );
    for (const [key, text] of Object.entries(texts)) assert.match(text, /\S/, key);
  });

  it("gives every t( its text as a literal, which tools can collect, with places numbered from {0}", () => {
    let count = 0;
    for (const { place, text } of textCalls()) {
      assert.ok(text !== null, place);
      const places = [...text.matchAll(/\{(\d+)\}/g)].map(([, index]) => Number(index));
      const distinct = [...new Set(places)].sort((a, b) => a - b);
      assert.deepEqual(distinct, [...distinct.keys()], place);
      count++;
    }
    assert.ok(count > 1000, `only ${count} calls`);
  });
});
