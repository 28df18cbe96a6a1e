import { workspace } from "vscode";
import { readPython } from "../../files/sourceLines";

/** Text of a Python file as the user sees it: what is open and perhaps not saved counts before the disk. Null where it cannot be read. */
export async function documentText(path: string): Promise<string | null> {
  const open = workspace.textDocuments.find(({ uri }) => uri.scheme === "file" && uri.fsPath === path);
  return open?.getText() ?? (await readPython(path));
}
