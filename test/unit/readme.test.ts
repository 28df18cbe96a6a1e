import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { allowedCommands } from "../../src/redis/readOnlyCommands";
import { localManifest } from "../support/localManifest";
import { settingsTable, withSettingsTable } from "../support/settingsTable";

describe("README", () => {
  const readme = readFileSync("README.md", "utf8");
  const manifest = localManifest(
    JSON.parse(readFileSync("package.json", "utf8")),
    JSON.parse(readFileSync("package.nls.json", "utf8")),
  );

  it("lists every setting as package.json contributes it (UPDATE=1 rewrites the table)", () => {
    const wanted = withSettingsTable(readme, settingsTable(manifest));
    if (process.env["UPDATE"] === "1") writeFileSync("README.md", wanted);
    else assert.equal(readme, wanted);
  });

  it("gives the two commands and a picture on its first screen", () => {
    const firstScreen = readme.split("\n").slice(0, 25).join("\n");
    assert.match(firstScreen, /npm ci && npm start/);
    assert.match(firstScreen, /npm cit/);
    const picture = /!\[[^\]]+\]\(([^)]+)\)/.exec(firstScreen)?.[1];
    assert.ok(picture !== undefined && readFileSync(picture).length > 10_000, "the picture is missing");
  });

  it("allows its least-privilege user exactly the commands that can be sent", () => {
    const user = /ACL SETUSER[^`]+/.exec(readme)?.[0] ?? "";
    const allowed = [...user.matchAll(/ \+(\S+)/g)].map(([, name]) => name ?? "");
    // What only sentinels are asked needs no right on Redis.
    const sent = [...allowedCommands].filter((name) => !name.startsWith("sentinel|"));
    assert.deepEqual(allowed.toSorted(), sent.toSorted());
  });

  it("names only commands that package.json has", () => {
    for (const [, script] of readme.matchAll(/`npm run (?:--silent )?([\w:]+)/g)) {
      assert.ok(script !== undefined && script in manifest.scripts, `npm run ${script}`);
    }
  });
});
