import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { firstIntents, lookAt, tabNames } from "../../src/protocol/tabs";
import { baseBundle } from "../support/baseBundle";
import { composedText } from "../support/composedText";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { repositoryRoot } from "../support/repositoryRoot";
import { jobSamples } from "../support/sampleJobs";
import { dashboardSamples, sampleLook } from "../support/sampleViews";

const test = new PageTest();

/** A language without a Latin letter: every one that is left on a page is a value of the sample, or was never handed to a translator. */
const spoken = {
  language: "ru",
  bundle: Object.fromEntries(
    Object.keys(baseBundle()).map((text) => [text, text.replaceAll(/[A-Za-z]/g, "ж")] as const),
  ),
};
/** Names, settings, units and Python, which are the same in every language. */
const everywhere = /^(?:ARQ|UTC|[kM]?B|failedPercent|await|redis|enqueue_job|my_function|JSON|Python)$/;

/** What the pretended host of a job's page answers stands in these. */
const answered = ["sampleJobs.ts", "sampleLog.ts"]
  .map((file) => readFileSync(join(repositoryRoot(), "test", "support", file), "utf8"))
  .join("\n");

async function wordsNotTranslated(sample: unknown): Promise<string[]> {
  const shown = await eventually(async () => {
    const text = await test.page.evaluate(composedText, await test.page.evaluateHandle("document.body"));
    assert.match(text, /ж/);
    return text;
  });
  const values = JSON.stringify(sample) + answered;
  const words = shown.match(/[A-Za-z][A-Za-z_']*/g) ?? [];
  return [...new Set(words)].filter((word) => !values.includes(word) && !everywhere.test(word));
}

describe("a page in another language", () => {
  const tabs = tabNames.map((tab) => [tab, sampleLook(lookAt(tab, firstIntents[tab]))] as const);
  const states = ["sweepPaused", "lostWhileSweeping", "flooded", "lost", "payloads", "noMatch", "empty"].map(
    (name) => [name, dashboardSamples[name]!] as const,
  );
  for (const [name, view] of [...tabs, ...states]) {
    it(`has no English left on the dashboard "${name}"`, async () => {
      await test.openDashboard(view, { spoken });
      assert.deepEqual(await wordsNotTranslated(view), []);
    });
  }

  for (const [name, view] of Object.entries(jobSamples)) {
    it(`has no English left on the job page "${name}"`, async () => {
      await test.openJob(view, { spoken });
      assert.deepEqual(await wordsNotTranslated(view), []);
    });
  }
});
