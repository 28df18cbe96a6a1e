import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { JobLogAsk } from "../../src/protocol/jobLog";
import type { FramePlace } from "../../src/protocol/jobMessages";
import type { DashboardView, JobView } from "../../src/protocol/viewModels";
import { PageHarness, type Answers } from "../support/pageHarness";
import { repositoryRoot } from "../support/repositoryRoot";
import { failedJob, jobSamples, sampleBranches, sampleSources } from "../support/sampleJobs";
import { sampleLog } from "../support/sampleLog";
import { dashboardSamples } from "../support/sampleViews";
import { themeNames } from "../support/webviewThemes";

/**
 * `npm run screenshots -- --views [name…]`: every sample of both pages in every theme and at three widths, to be looked at, into
 * `.vscode-test/pictures/views`. With names, only these samples.
 */
export async function takeViewPictures(names: readonly string[], log: (line: string) => void): Promise<void> {
  const folder = join(repositoryRoot(), ".vscode-test", "pictures", "views");
  mkdirSync(folder, { recursive: true });
  const harness = await PageHarness.start();
  const samples = [
    ...Object.entries(dashboardSamples).map(([name, view]) => ["dashboard", name, view] as const),
    ...Object.entries(jobSamples).map(([name, view]) => ["job", name, view] as const),
  ].filter(([, name]) => names.length === 0 || names.includes(name));
  try {
    for (const [page, name, view] of samples) {
      for (const width of [300, 700, 1400]) {
        const opened = await harness.open(page, { answers: answers(view), width, height: width === 300 ? 1600 : 1000 });
        await opened.page.locator(`arq-${page} main`).waitFor();
        for (const theme of themeNames) {
          await opened.setTheme(theme);
          // Charts and the toolkit take the new colours over some frames later.
          await opened.page.waitForTimeout(400);
          await opened.page.screenshot({ path: join(folder, `${page}-${name}-${theme}-${width}.png`) });
        }
        await opened.close();
      }
      log(`${page} ${name}`);
    }
  } finally {
    await harness.close();
  }
}

/** What a host with this view answers; what is asked beside it changes nothing. */
function answers(view: DashboardView | JobView): Answers {
  const nothing = () => null;
  return {
    ready: () => view,
    look: () => view,
    pause: () => view,
    visible: nothing,
    suggest: () => [],
    savedFilters: () => [],
    connectionFacts: () => [],
    expandValue: ({ path }: { path: number[] }) => sampleBranches[path.join(".")] ?? [],
    loadPayload: () => failedJob.kind === "job" && failedJob.args,
    openFrame: nothing,
    frameAction: nothing,
    source: ({ traceback, frame }: FramePlace) => sampleSources[`${traceback}.${frame}`] ?? null,
    copy: nothing,
    log: (ask: JobLogAsk) => sampleLog(ask),
    run: nothing,
  };
}
