import assert from "node:assert/strict";
import { existsSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { forgetTold, ToldOnce } from "../../../src/files/toldOnce";
import { eventually } from "../../support/eventually";
import { TempFolder } from "../../support/tempFolder";

const rest = 1000;
/** What is not about time does not hang on it. Ms. */
const patient = 600_000;

describe("ToldOnce", () => {
  let folder: TempFolder;
  beforeEach(() => (folder = new TempFolder()));
  afterEach(() => folder.remove());

  it("lets one of many windows tell, though all ask at once", async () => {
    const path = join(folder.path, "told");
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => new ToldOnce(() => path, rest, patient).claim("KeyError", 5500)),
    );
    assert.equal(answers.filter(Boolean).length, 1);
    assert.equal(await new ToldOnce(() => path, rest, patient).claim("ValueError", 5500), true, "something else");
  });

  it("lets it be told again after its rest, not before, and keeps nothing older", async () => {
    const told = new ToldOnce(() => folder.path, rest, patient);
    assert.equal(await told.claim("KeyError", 5900), true);
    for (const name of readdirSync(folder.path)) utimesSync(join(folder.path, name), 5.9, 5.9);
    assert.equal(await told.claim("KeyError", 5999), false);
    assert.equal(await told.claim("KeyError", 6100), false, "in the next stretch of time");
    assert.equal(await told.claim("KeyError", 6950), true);
    await told.claim("other", 7500);
    assert.equal(readdirSync(folder.path).length, 2);
  });

  it("waits once only for a disk that does not answer, and asks it again when it has answered", async () => {
    let answer = (): void => {};
    let asked = 0;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const make = async (): Promise<void> => {
      asked++;
      await answered;
    };
    const told = new ToldOnce(() => folder.path, rest, 5, make);
    assert.equal(await told.claim("KeyError", 5500), true);
    assert.equal(await told.claim("KeyError", 5500), true);
    assert.equal(asked, 1);
    answer();
    await eventually(async () => {
      await told.claim("another", 5500);
      assert.ok(asked > 1);
    });
  });

  it("forgets everything that was told when the history is cleared", async () => {
    const path = join(folder.path, "told");
    const told = new ToldOnce(() => path, rest, patient);
    await told.claim("KeyError", 5500);
    await forgetTold(path);
    assert.equal(existsSync(path), false);
    assert.equal(await told.claim("KeyError", 5500), true);
    await forgetTold(path);
    await forgetTold(path);
  });

  it("tells rather twice than never where nothing can be kept", async () => {
    const file = folder.write("no-folder");
    assert.equal(await new ToldOnce(() => file, rest, patient).claim("KeyError"), true);
    assert.equal(await new ToldOnce(() => null, rest, patient).claim("KeyError"), true);
  });
});
