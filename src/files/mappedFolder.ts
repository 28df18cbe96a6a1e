import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readFramePath } from "../python/framePath";

/**
 * The remote folder that the local one stands for, as the frame's path tells: what lies above the longest tail that the local folder has. Null where it has no file of
 * the name, and for what is no path.
 */
export async function remoteFolderOf(file: string, folder: string): Promise<string | null> {
  const path = readFramePath(file);
  if (path.kind !== "file" || path.segments.includes("..")) return null;
  for (let tail = path.segments.length - 1; tail >= 1; tail--) {
    const found = await stat(join(folder, ...path.segments.slice(-tail))).then(
      (each) => each.isFile(),
      () => false,
    );
    if (!found) continue;
    const above = path.segments.slice(0, -tail);
    if (path.windows) return above.join("\\");
    return `${path.absolute ? "/" : ""}${above.join("/")}`;
  }
  return null;
}
