import assert from "node:assert/strict";
import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { ToldOnce } from "../../../src/files/toldOnce";
import { TempFolder } from "../../support/tempFolder";

const rest = 1000;

describe("ToldOnce", () => {
  let folder: TempFolder;
  beforeEach(() => (folder = new TempFolder()));
  afterEach(() => folder.remove());

  it("lets one of many windows tell, though all ask at once", async () => {
    const path = join(folder.path, "told");
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => new ToldOnce(() => path, rest).claim("KeyError", 5500)),
    );
    assert.equal(answers.filter(Boolean).length, 1);
    assert.equal(await new ToldOnce(() => path, rest).claim("ValueError", 5500), true, "something else");
  });

  it("lets it be told again after its rest, not before, and keeps nothing older", async () => {
    const told = new ToldOnce(() => folder.path, rest);
    assert.equal(await told.claim("KeyError", 5900), true);
    for (const name of readdirSync(folder.path)) utimesSync(join(folder.path, name), 5.9, 5.9);
    assert.equal(await told.claim("KeyError", 5999), false);
    assert.equal(await told.claim("KeyError", 6100), false, "in the next stretch of time");
    assert.equal(await told.claim("KeyError", 6950), true);
    await told.claim("other", 7500);
    assert.equal(readdirSync(folder.path).length, 2);
  });

  it("tells rather twice than never where nothing can be kept", async () => {
    const file = folder.write("no-folder");
    assert.equal(await new ToldOnce(() => file, rest).claim("KeyError"), true);
    assert.equal(await new ToldOnce(() => null, rest).claim("KeyError"), true);
  });
});
