import { join } from "node:path";
import { repositoryRoot } from "../support/repositoryRoot";
import { runCommand } from "../support/runCommand";

/**
 * Packs the built extension, in a process of its own because vsce looks through every file for secrets and blocks for
 * seconds. @returns the path of the VSIX in dist/.
 */
export async function packageExtension(): Promise<string> {
  const root = repositoryRoot();
  const vsix = join(root, "dist", "arq-monitor.vsix");
  const vsce = join(root, "node_modules", "@vscode", "vsce", "vsce");
  // Everything is bundled, so no dependencies go in.
  const switches = ["--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links"];
  await runCommand(process.execPath, [vsce, "package", ...switches, "--out", vsix], {
    cwd: root,
    timeoutMs: 180_000,
    tailLines: 30,
  });
  return vsix;
}
