import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Frame, Page } from "playwright-core";
import { repositoryRoot } from "../repositoryRoot";
import { launchBrowser } from "./browser";
import { startCodeServer } from "./codeServer";
import { ensureVsCodeServer } from "./ensureVsCode";
import { quietSettings } from "./quietSettings";

export interface OpenOptions {
  /** Folder to open. */
  readonly workspace: string;
  /** Added to the settings that keep a fresh profile quiet. */
  readonly userSettings?: Readonly<Record<string, unknown>>;
  /** Label of a built-in colour theme, e.g. `highContrastTheme`. What VS Code starts with when absent. */
  readonly theme?: string;
  /** CSS pixels of the window; 1280 × 800 when absent. */
  readonly width?: number;
  readonly height?: number;
  /** Installs this package; otherwise the extension runs from `extensionDevelopmentPath`, by default this repository's root. */
  readonly vsix?: string;
  readonly extensionDevelopmentPath?: string;
  /** Reaches the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** False opens the folder in Restricted Mode. */
  readonly trusted?: boolean;
  /** Gets one line per slow step. */
  readonly log?: (line: string) => void;
}

/** A real VS Code with the extension, in a headless Chromium. */
export interface OpenedVsCode {
  readonly page: Page;
  /**
   * Runs a command by its title through the command palette. Rejects when the palette does not offer it.
   * @returns when it was chosen, unix ms.
   */
  runCommand(title: string): Promise<number>;
  /**
   * The document of the webview panel in sight whose title, as it was when the page was made, fits (a text: begins so);
   * waits until it has content.
   */
  webview(title: string | RegExp, options?: { readonly timeoutMs?: number }): Promise<Frame>;
  /** Opens one of the activity bar's containers by its name. */
  openContainer(name: string): Promise<void>;
  /** Saves what the window shows as a PNG. */
  screenshot(path: string): Promise<void>;
  /** Reloads the window; resolves when the workbench is back. */
  reload(): Promise<void>;
  /** Stops the browser and the server and removes the profile. */
  close(): Promise<void>;
}

/** Labels in VS Code's list of colour themes. */
export const darkTheme = "Dark Modern";
export const lightTheme = "Light Modern";
export const highContrastTheme = "Dark High Contrast";

/** A window opens in some five seconds; on a machine that is busy with ten times as much as it can do it took longer than thirty. */
export const windowOpensMs = 120_000;

/** Opens VS Code's server in a throwaway profile. Rejects, with everything stopped again, when a part cannot be had. */
export async function openVsCode(options: OpenOptions): Promise<OpenedVsCode> {
  const log = options.log ?? (() => {});
  const vscode = await ensureVsCodeServer(log);
  const dataFolder = mkdtempSync(join(tmpdir(), "arq-vscode-"));
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    while (closers.length > 0) await closers.pop()?.();
    rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    const server = await startCodeServer({
      vscode,
      dataFolder,
      userSettings: { ...quietSettings, ...options.userSettings },
      testDriver: options.vsix === undefined,
      trustAll: options.trusted ?? true,
      vsix: options.vsix,
      env: options.env,
    });
    closers.push(() => server.stop());
    const browser = await launchBrowser(log);
    closers.push(() => browser.close());
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    const payload =
      options.vsix === undefined
        ? ([
            ["extensionDevelopmentPath", server.remote(resolve(options.extensionDevelopmentPath ?? repositoryRoot()))],
            ["skipWelcome", "true"],
            ["skipReleaseNotes", "true"],
          ] as const)
        : undefined;
    await page.goto(server.url(resolve(options.workspace), payload), { timeout: windowOpensMs });
    await workbenchIsUp(page);
    if (options.theme !== undefined) await pickTheme(page, options.theme);
    return {
      page,
      runCommand: (title) => runCommand(page, title),
      webview: (title, { timeoutMs = 60_000 } = {}) => findWebview(page, title, timeoutMs),
      openContainer: async (name) => {
        // By force: a badge may lie over it, and passes the click on.
        await page.locator(`.activitybar .action-label[aria-label^="${name}"]`).first().click({ force: true });
      },
      screenshot: async (path) => void (await page.screenshot({ path })),
      reload: async () => {
        // By the command: it saves the window's state first, which a reload of the browser's page may cut off.
        const loaded = page.waitForEvent("load", { timeout: windowOpensMs });
        await Promise.all([loaded, runCommand(page, "Developer: Reload Window")]);
        await workbenchIsUp(page);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The status bar's remote entry is drawn last of the parts that are there in every window. */
async function workbenchIsUp(page: Page): Promise<void> {
  await page.locator(".monaco-workbench .statusbar .statusbar-item").first().waitFor({ timeout: windowOpensMs });
}

async function runCommand(page: Page, title: string): Promise<number> {
  const input = page.locator(".quick-input-widget:visible input[type=text]");
  const row = page.locator(".quick-input-list .monaco-list-row").filter({ hasText: title }).first();
  const deadline = Date.now() + 90_000;
  // Right after the start the workbench may not listen to keys yet, and an open palette does not hear of commands that
  // arrive later with their extension: so open it and ask anew until the command is there.
  for (;;) {
    await page.keyboard.press("F1");
    try {
      await input.waitFor({ timeout: 5000 });
      await input.fill(`>${title}`);
      await row.waitFor({ timeout: 5000 });
      const chosenAt = Date.now();
      await row.click({ timeout: 10_000 });
      return chosenAt;
    } catch (error) {
      if (Date.now() < deadline) {
        await page.keyboard.press("Escape");
        continue;
      }
      const offered = await page.locator(".quick-input-list .monaco-list-row").allInnerTexts();
      throw new Error(`The command palette does not offer "${title}" but: ${offered.join(" | ")}`, { cause: error });
    }
  }
}

/** The server's start ignores `workbench.colorTheme` in the user settings (measured, 1.139), so the theme is picked by hand. */
async function pickTheme(page: Page, label: string): Promise<void> {
  const input = page.locator(".quick-input-widget:visible input[type=text]");
  // The class of the loaded theme names its file. Another of VS Code's own may be loaded before it.
  const file = label === highContrastTheme ? "hc_black" : label.toLowerCase().replace(" ", "_");
  const loaded = page.locator(`.monaco-workbench[class*=themes-${file}-json]`);
  for (let attempt = 1; ; attempt++) {
    await runCommand(page, "Preferences: Color Theme");
    // The list loads after its input has come, and what is typed earlier is lost.
    await page.waitForTimeout(1000 * attempt);
    await input.fill(label);
    await page.waitForTimeout(800 * attempt);
    await page.keyboard.press("Enter");
    try {
      return await loaded.waitFor({ timeout: 5000 });
    } catch (error) {
      if (attempt === 3) throw new Error(`The colour theme "${label}" cannot be picked.`, { cause: error });
      await page.keyboard.press("Escape");
    }
  }
}

/**
 * VS Code nests a webview's document two frames deep and gives the inner frame the panel's title. A frame that is still
 * loading is called `pending-frame` by window.name but has the id `active-frame` once it is shown.
 */
async function findWebview(page: Page, title: string | RegExp, timeoutMs: number): Promise<Frame> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen: string[] = [];
    for (const frame of page.frames()) {
      try {
        const element = await frame.frameElement();
        if ((await element.getAttribute("id")) !== "active-frame") continue;
        const found = (await element.getAttribute("title")) ?? "";
        seen.push(found);
        if (typeof title === "string" ? !found.startsWith(title) : !title.test(found)) continue;
        if ((await element.isVisible()) && (await frame.locator("body > *").count()) > 0) return frame;
      } catch {
        // The main frame has no element, and a frame may go away while we look.
      }
    }
    if (Date.now() > deadline)
      throw new Error(`No webview titled "${String(title)}" has shown content, but: ${seen.join(", ")}.`);
    await page.waitForTimeout(100);
  }
}
