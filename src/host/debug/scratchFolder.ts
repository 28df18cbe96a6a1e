import { join } from "node:path";
import type { ExtensionContext } from "vscode";

/** Outside of the workspace, so that no repository gets them. */
export function scratchFolder({
  storageUri,
  globalStorageUri,
}: Pick<ExtensionContext, "storageUri" | "globalStorageUri">): string {
  return join((storageUri ?? globalStorageUri).fsPath, "debug");
}
