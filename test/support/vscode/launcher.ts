#!/usr/bin/env node
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { hostLinePrefix, keepTrustVariable } from "../testProtocol";
import { launchBrowser } from "./browser";
import { startCodeServer } from "./codeServer";
import { ensureVsCodeServer } from "./ensureVsCode";
import { parseLaunchArguments } from "./launchArguments";
import { windowOpensMs } from "./openVsCode";
import { quietSettings } from "./quietSettings";

/**
 * Stands in for the `code` executable where VS Code's desktop build cannot be had: takes VS Code's arguments for a run of
 * extension tests, runs them in VS Code's server with a headless browser, and ends with the tests' code. Environment
 * variables reach the extension host. The browser's console is noise, so only the lines that `test/host/index.ts` marks
 * are printed; all of it comes out when the run breaks.
 */

/** A workbench that has not finished by then is stuck: the longest run of tests takes four minutes on two quiet cores. */
const limitMs = 30 * 60_000;

async function main(): Promise<number> {
  const launch = parseLaunchArguments(process.argv.slice(2));
  const log = (line: string) => console.log(line);
  const vscode = await ensureVsCodeServer(log);
  const scratch = mkdtempSync(join(tmpdir(), "arq-vscode-"));
  const closers: (() => Promise<unknown>)[] = [];
  const noise: string[] = [];
  const cleanUp = async () => {
    for (const close of closers.toReversed()) await close().catch((error: unknown) => noise.push(String(error)));
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
  }
  try {
    const server = await startCodeServer({
      vscode,
      // A page can name one extension under development only.
      installed: launch.extensionDevelopmentPaths.slice(1),
      dataFolder: launch.userDataDir ?? scratch,
      userSettings: quietSettings,
      testDriver: true,
      // test-electron always asks for it; a run about Restricted Mode says otherwise through the environment.
      trustAll: launch.disableWorkspaceTrust && process.env[keepTrustVariable] === undefined,
    });
    closers.push(() => server.stop());
    const browser = await launchBrowser(log);
    closers.push(() => browser.close());
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();

    const exit = new Promise<number>((done, fail) => {
      const timer = setTimeout(
        () => fail(new Error(`The tests did not end within ${limitMs / 60_000} minutes.`)),
        limitMs,
      );
      timer.unref();
      page.on("crash", () => fail(new Error("The browser page crashed.")));
      void server.ended.then(() => fail(new Error(`VS Code's server ended early:\n${server.output().slice(-3000)}`)));
      void page.exposeFunction("codeAutomationExit", (code: number) => done(code)).catch(fail);
    });
    await page.exposeFunction("codeAutomationLog", (_type: string, parts: readonly unknown[]) => {
      const line = parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" ");
      if (line.startsWith(hostLinePrefix)) console.log(line.slice(hostLinePrefix.length));
      else noise.push(line.slice(0, 500));
    });

    const payload = [
      ["extensionDevelopmentPath", server.remote(resolve(launch.extensionDevelopmentPaths[0]!))],
      ["extensionTestsPath", server.remote(resolve(launch.extensionTestsPath))],
      ["skipWelcome", "true"],
      ["skipReleaseNotes", "true"],
    ] as const;
    const url = server.url(launch.folder === null ? scratch : resolve(launch.folder), payload);
    await page.goto(url, { timeout: windowOpensMs });
    return await exit;
  } catch (error) {
    console.error(noise.slice(-40).join("\n"));
    throw error;
  } finally {
    await cleanUp();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
