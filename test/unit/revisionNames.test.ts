import assert from "node:assert/strict";
import { isRevisionName, revisionNames } from "../../src/python/revisionNames";

describe("revisionNames", () => {
  const table: [release: string, names: string[]][] = [
    ["1.4.2", ["1.4.2", "v1.4.2"]],
    ["v1.4.2", ["v1.4.2", "vv1.4.2", "1.4.2"]],
    ["shop@1.4.2", ["1.4.2", "v1.4.2"]],
    ["shop-a1b2c3d4", ["shop-a1b2c3d4", "vshop-a1b2c3d4", "a1b2c3d4"]],
    ["1.4.2+a1b2c3d", ["1.4.2+a1b2c3d", "v1.4.2+a1b2c3d", "a1b2c3d"]],
    ["release/2026.11", ["release/2026.11", "vrelease/2026.11"]],
    ["--upload-pack=evil", []],
    ["$(touch /tmp/x)", []],
    ["", []],
  ];
  for (const [release, names] of table) {
    it(`reads ${JSON.stringify(release)}`, () => assert.deepEqual(revisionNames(release), names));
  }

  for (const name of [
    "-x",
    "--output=/tmp/x",
    "a..b",
    "a@{1}",
    "a b",
    "a:b",
    "a\nb",
    "/a",
    "a/",
    ".a",
    "a.lock",
    "^a",
    "a//b",
    "*",
    "x".repeat(300),
  ]) {
    it(`refuses ${JSON.stringify(name.slice(0, 20))}`, () => assert.equal(isRevisionName(name), false));
  }
  for (const name of ["HEAD", "HEAD~2", "main^", "feature/new_tasks", "0123abc", "v1.0-rc.1"]) {
    it(`takes ${name}`, () => assert.equal(isRevisionName(name), true));
  }
});
