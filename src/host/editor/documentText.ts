import { workspace } from "vscode";
import { isPythonPath, readPython } from "../../files/sourceLines";

/**
 * Text of a Python file as the user sees it: what is open and perhaps not saved counts before the disk. Null where it cannot be read, and for what is no Python file
 * by its name, open or not: the path may be out of a traceback, which anybody may have written.
 */
export async function documentText(path: string): Promise<string | null> {
  if (!isPythonPath(path)) return null;
  const open = workspace.textDocuments.find(({ uri }) => uri.scheme === "file" && uri.fsPath === path);
  return open?.getText() ?? (await readPython(path));
}
