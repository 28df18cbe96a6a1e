import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { openVsCode, type OpenedVsCode } from "../support/vscode/openVsCode";

/** What the dashboard showed from one drawn frame on. */
export interface Sight {
  /** Unix ms, before the paint. */
  readonly at: number;
  readonly queued: string;
  readonly complete: string;
}

export interface DashboardProbe {
  readonly vscode: OpenedVsCode;
  /** Opens the dashboard. @returns the moment at which the command was chosen, unix ms. */
  open(): Promise<number>;
  /** Waits for a drawn frame that fits. Rejects after the limit with what was seen last. */
  sight(fits: (sight: Sight) => boolean, timeoutMs: number): Promise<Sight>;
  close(): Promise<void>;
}

// Runs in every frame from its beginning, and looks at each drawn frame of the dashboard's. Text, since it is no code of this
// process. VS Code writes a webview's document into its frame later: timers outlive that, animation frames do not (measured).
const recorder = `(() => {
  const sights = (window.arqSights = []);
  let last = "";
  const deep = (root, selector) => {
    const found = root.querySelector(selector);
    if (found !== null) return found;
    for (const element of root.querySelectorAll("*")) {
      const inside = element.shadowRoot === null ? null : deep(element.shadowRoot, selector);
      if (inside !== null) return inside;
    }
    return null;
  };
  let cards = null;
  const look = () => {
    // Whoever measures what comes afterwards does not want to wait for this.
    if (sights.over === true) return;
    requestAnimationFrame(look);
    cards ??= deep(document, "arq-stat-cards");
    const text = (state) =>
      cards?.shadowRoot?.querySelector('[data-state="' + state + '"] .number')?.textContent.trim() ?? "";
    const sight = { queued: text("queued"), complete: text("complete") };
    const key = JSON.stringify(sight);
    if (key !== last && sight.queued !== "") {
      last = key;
      sights.push({ at: Date.now(), ...sight });
    }
  };
  const wait = setInterval(() => {
    if (document.querySelector("arq-dashboard") === null) return;
    clearInterval(wait);
    look();
  }, 10);
})();`;

/** VS Code with the extension on this Redis; the dashboard is not open yet. */
export async function openDashboardProbe(
  redisUrl: string,
  userSettings: Readonly<Record<string, unknown>>,
  log: (line: string) => void,
): Promise<DashboardProbe> {
  const workspace = mkdtempSync(join(tmpdir(), "arq-bench-"));
  mkdirSync(join(workspace, ".vscode"));
  const connections = [{ name: "Bench", url: redisUrl }];
  writeFileSync(join(workspace, ".vscode", "settings.json"), JSON.stringify({ "arq.connections": connections }));
  const remove = () => rmSync(workspace, { recursive: true, force: true });
  const vscode = await openVsCode({ workspace, userSettings, log }).catch((error: unknown) => {
    remove();
    throw error;
  });
  await vscode.page.addInitScript(recorder);
  let frame: Frame | null = null;
  const seen = async (): Promise<readonly Sight[]> => {
    frame ??= await vscode.webview("ARQ Dashboard");
    return frame.evaluate<readonly Sight[]>("window.arqSights ?? []");
  };
  return {
    vscode,
    open: () => vscode.runCommand("ARQ: Show Dashboard"),
    async sight(fits, timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const sights = await seen();
        const found = sights.find(fits);
        if (found !== undefined) return found;
        if (Date.now() > deadline) throw new Error(`Not seen; the last was ${JSON.stringify(sights.at(-1) ?? null)}.`);
        await vscode.page.waitForTimeout(50);
      }
    },
    async close() {
      await vscode.close();
      remove();
    },
  };
}
