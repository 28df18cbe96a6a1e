import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { Redis } from "ioredis";
import { decodeResult } from "../../src/arq/payload";
import { repositoryRoot } from "../support/repositoryRoot";
import {
  darkTheme,
  highContrastTheme,
  lightTheme,
  openVsCode,
  type OpenedVsCode,
  type OpenOptions,
} from "../support/vscode/openVsCode";
import { Closers } from "./closers";
import { type DemoQueue, startDemoQueue } from "./demoQueue";
import { takeViewPictures } from "./viewPictures";

/** `npm run screenshots`: renews `media/screenshots/*.png` from the running demo. With `-- --views`: see `viewPictures.ts`. */

const folder = join(repositoryRoot(), "media", "screenshots");
/** README and the VSIX carry them. */
const largestBytes = 250_000;
const closers = new Closers();
const log = (line: string) => console.log(line);

async function main(): Promise<void> {
  const [option, ...names] = process.argv.slice(2);
  if (option === "--views") return takeViewPictures(names, log);
  const scratch = mkdtempSync(join(tmpdir(), "arq-screenshots-"));
  closers.add(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));
  const queue = await startDemoQueue({ scratch, generator: false, closers, log });
  mkdirSync(folder, { recursive: true });
  const failed = await waitForFailure(queue, "charge_card");
  const failedAtLine = await waitForFailure(queue, "pay_out");
  // Enough minutes for the throughput chart to have something to say.
  await new Promise((resolve) => setTimeout(resolve, 100_000));

  await withVsCode({ workspace: queue.workspace, theme: darkTheme, width: 1360, height: 850 }, async (vscode) => {
    const dashboard = await showDashboard(vscode);
    await save(vscode, "overview.png");
    for (const [tab, shown] of tabsInReadme) {
      await showTab(vscode, dashboard, tab, shown);
      await save(vscode, `${tab.toLowerCase()}.png`);
    }
    await showJob(vscode, failed);
    await save(vscode, "job.png");
    await vscode.page.locator(".part.sidebar").screenshot({ path: join(folder, "sidebar.png") });
    check("sidebar.png");
  });
  const userSettings = {
    "editor.fontSize": 13,
    "editor.minimap.enabled": false,
    "editor.stickyScroll.enabled": false,
  };
  await withVsCode(
    { workspace: queue.workspace, userSettings, theme: darkTheme, width: 1360, height: 720 },
    async (vscode) => {
      await showFailingLine(vscode, failedAtLine);
      await saveEditor(vscode, "code.png");
    },
  );
  for (const [theme, tab, shown, name] of [
    [lightTheme, "Queues", "arq-queues-tab", "light.png"],
    [highContrastTheme, "Functions", "arq-functions-tab", "high-contrast.png"],
  ] as const) {
    await withVsCode({ workspace: queue.workspace, theme, width: 1280, height: 800 }, async (vscode) => {
      await showTab(vscode, await showDashboard(vscode), tab, shown);
      await save(vscode, name);
    });
  }
}

/** Tabs of the dashboard that README shows, and what is there once they have something to show. */
const tabsInReadme = [
  ["Jobs", "arq-job-table [role=row]"],
  ["Failed", "arq-failed-tab"],
] as const;

async function withVsCode(options: OpenOptions, use: (vscode: OpenedVsCode) => Promise<void>): Promise<void> {
  const vscode = await openVsCode({ ...options, log });
  const close = () => vscode.close();
  closers.add(close);
  try {
    await use(vscode);
  } finally {
    await close();
  }
}

async function showDashboard(vscode: OpenedVsCode): Promise<Frame> {
  await vscode.openContainer("ARQ");
  await vscode.runCommand("ARQ: Show Dashboard");
  const page = await vscode.webview("ARQ Dashboard");
  await page.locator("arq-stat-cards button").first().waitFor({ timeout: 30_000 });
  await vscode.page.locator(".sidebar .monaco-list-row", { hasText: "KeyError" }).first().waitFor({ timeout: 30_000 });
  // The trees' own updates come at most twice a second.
  await vscode.page.waitForTimeout(2000);
  return page;
}

async function showTab(vscode: OpenedVsCode, dashboard: Frame, tab: string, shown: string): Promise<void> {
  await dashboard.getByRole("tab", { name: new RegExp(`^${tab}`) }).click();
  await dashboard.locator(shown).first().waitFor({ timeout: 30_000 });
  await vscode.page.waitForTimeout(1500);
}

async function showJob(vscode: OpenedVsCode, id: string): Promise<Frame> {
  await vscode.runCommand("ARQ: Open Job…");
  const input = vscode.page.locator(".quick-input-widget:visible input[type=text]");
  await input.waitFor();
  await input.fill(id);
  await vscode.page.keyboard.press("Enter");
  // The title begins as "Job …" and becomes the function's name.
  const page = await vscode.webview(/^ARQ Job|^Job |·/);
  await page.locator("arq-traceback-list").first().waitFor({ timeout: 30_000 });
  await vscode.page.waitForTimeout(1000);
  return page;
}

/** The line at which the job failed, reached as a user does: from its page by a click on the frame. */
async function showFailingLine(vscode: OpenedVsCode, id: string): Promise<void> {
  const page = await showJob(vscode, id);
  await page
    .getByText(/^payments\.py:\d+$/)
    .last()
    .click();
  await vscode.page
    .locator(".codelens-decoration", { hasText: /failed \(1 h\).*ZeroDivisionError/ })
    .waitFor({ timeout: 30_000 });
  // The notes behind the lines are drawn by styles, which a locator cannot read.
  await vscode.page.waitForTimeout(3000);
}

async function saveEditor(vscode: OpenedVsCode, name: string): Promise<void> {
  await vscode.runCommand("View: Toggle Primary Side Bar Visibility");
  await calm(vscode);
  await vscode.page.locator(".part.editor").screenshot({ path: join(folder, name), animations: "disabled" });
  check(name);
}

async function save(vscode: OpenedVsCode, name: string): Promise<void> {
  await calm(vscode);
  await vscode.screenshot(join(folder, name));
  check(name);
}

/** Nothing that hovers or blinks in the picture. */
async function calm({ page }: OpenedVsCode): Promise<void> {
  await page.mouse.move(900, 52);
  await page.waitForTimeout(800);
}

function check(name: string): void {
  const { size } = statSync(join(folder, name));
  log(`media/screenshots/${name}: ${Math.round(size / 1000)} kB`);
  if (size > largestBytes) throw new Error(`${name} has ${size} bytes; ${largestBytes} is the limit.`);
}

/** @returns the id of a job of this function that failed. */
async function waitForFailure({ redisUrl }: DemoQueue, wanted: string): Promise<string> {
  const redis = new Redis(redisUrl, { protocol: 2 });
  closers.add(() => redis.disconnect());
  for (let attempt = 0; attempt < 60; attempt++) {
    for await (const keys of redis.scanStream({ match: "arq:result:*", count: 500 }) as AsyncIterable<string[]>) {
      for (const key of keys) {
        const bytes = await redis.getBuffer(key);
        const result = bytes === null ? null : decodeResult(bytes);
        if (result?.ok && !result.success && result.function === wanted) return key.slice("arq:result:".length);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error(`No ${wanted} has failed within a minute.`);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => void closers.close().finally(() => process.exit(130)));
}
main()
  .then(
    () => 0,
    (error: unknown) => {
      console.error(error);
      return 1;
    },
  )
  .then(async (code) => {
    await closers.close();
    process.exit(code);
  })
  .catch(console.error);
