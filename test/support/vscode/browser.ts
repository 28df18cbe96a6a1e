import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { chromiumPart, ensureSystemPart } from "../systemParts";

/** Path of a Chromium: the system's, else Playwright's, else Debian's package installed now. Rejects with the choices. */
export async function ensureChromium(log: (line: string) => void): Promise<string> {
  const playwrights = chromium.executablePath();
  const usual = "/usr/bin/chromium";
  const found = [usual, playwrights].find((path) => path !== "" && existsSync(path));
  return found ?? ensureSystemPart(chromiumPart, log);
}

/** Headless. Its own sandbox is off only for root, where it cannot work. */
export async function launchBrowser(log: (line: string) => void): Promise<Browser> {
  return chromium.launch({
    executablePath: await ensureChromium(log),
    chromiumSandbox: process.getuid?.() !== 0,
    // One picture everywhere: no scaling of a real screen, no shared memory limits of containers.
    args: ["--disable-dev-shm-usage", "--force-device-scale-factor=1"],
  });
}
