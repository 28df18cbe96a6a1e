import { join } from "node:path";
import { createVSIX } from "@vscode/vsce";
import { repositoryRoot } from "../support/repositoryRoot";

/** Packs the built extension. @returns the path of the VSIX in dist/. */
export async function packageExtension(): Promise<string> {
  const packagePath = join(repositoryRoot(), "dist", "arq-monitor.vsix");
  await createVSIX({
    cwd: repositoryRoot(),
    packagePath,
    // Everything is bundled.
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  return packagePath;
}
