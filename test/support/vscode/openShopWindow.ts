import assert from "node:assert/strict";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { eventually } from "../eventually";
import { type RedisServer, startRedis } from "../redisServer";
import { repositoryRoot } from "../repositoryRoot";
import { TempFolder } from "../tempFolder";
import { type OpenedVsCode, openVsCode } from "./openVsCode";

/** VS Code's own themes of each kind, and the class that its webviews have then. */
export const windowThemes = {
  dark: ["Dark Modern", "vscode-dark"],
  light: ["Light Modern", "vscode-light"],
  "high contrast": ["Default High Contrast", "vscode-high-contrast"],
  "high contrast light": ["Default High Contrast Light", "vscode-high-contrast-light"],
} as const;
export type WindowTheme = keyof typeof windowThemes;

/** A real VS Code with the demo shop's code, connected to a Redis of its own. */
export class ShopWindow {
  /** What the pages' content security policy refused. */
  readonly refused: string[] = [];

  private constructor(
    readonly server: RedisServer,
    readonly vscode: OpenedVsCode,
    private readonly folder: TempFolder,
  ) {
    vscode.page.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) this.refused.push(message.text());
    });
  }

  /** `fill` writes what Redis holds before VS Code starts. */
  static async open(fill: (server: RedisServer) => Promise<void>): Promise<ShopWindow> {
    const folder = new TempFolder();
    const server = await startRedis();
    try {
      await fill(server);
      cpSync(join(repositoryRoot(), "test", "workspaces", "demo"), folder.path, { recursive: true });
      mkdirSync(join(folder.path, ".vscode"), { recursive: true });
      writeSettings(folder, server, {});
      const vscode = await openVsCode({ workspace: folder.path, width: 1360, height: 900 });
      return new ShopWindow(server, vscode, folder);
    } catch (error) {
      await server.stop();
      folder.remove();
      throw error;
    }
  }

  get page() {
    return this.vscode.page;
  }

  /** Opens or reveals the dashboard. */
  async dashboard(): Promise<Frame> {
    await this.vscode.runCommand("ARQ: Show Dashboard");
    return this.vscode.webview("ARQ Dashboard");
  }

  /** Resolves when `page` is drawn in the theme. */
  async setTheme(theme: WindowTheme, page: Frame): Promise<void> {
    const [label, wanted] = windowThemes[theme];
    writeSettings(this.folder, this.server, { "workbench.colorTheme": label });
    await eventually(
      async () => assert.ok((await page.locator("body").getAttribute("class"))?.split(" ").includes(wanted)),
      { timeoutMs: 20_000 },
    );
  }

  async closeEditors(): Promise<void> {
    await this.vscode.runCommand("View: Close All Editors");
    await eventually(async () => assert.equal(await this.page.locator(".tabs-container .tab").count(), 0));
  }

  async close(): Promise<void> {
    await this.vscode.close();
    await this.server.stop();
    this.folder.remove();
  }
}

function writeSettings(folder: TempFolder, { url }: RedisServer, more: object): void {
  const settings = { "arq.connections": [{ name: "Shop", url }], ...more };
  writeFileSync(join(folder.path, ".vscode", "settings.json"), JSON.stringify(settings));
}
