import { isWindowsPath } from "./framePath";
import { joined, type PathMapping } from "./pathMapping";

/** What `${…}` in a setting stands for. */
export interface LaunchVariables {
  /** Where `${workspaceFolder}` leads, and where a path that is not absolute begins. */
  readonly folder: string;
  /** `${workspaceFolder:name}`. */
  readonly folders: readonly { readonly name: string; readonly path: string }[];
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The folders that the debug configurations of a `launch.json` pair: `pathMappings` of debugpy, and `localRoot` with `remoteRoot` of its older versions. What
 * says nothing of this machine's or the other's folder is left out.
 */
export function launchMappings(configurations: unknown, variables: LaunchVariables): PathMapping[] {
  if (!Array.isArray(configurations)) return [];
  return configurations.flatMap((configuration: unknown) => {
    if (typeof configuration !== "object" || configuration === null) return [];
    const { pathMappings } = configuration as { pathMappings?: unknown };
    const pairs: unknown[] = Array.isArray(pathMappings) ? [...pathMappings, configuration] : [configuration];
    return pairs.flatMap((pair) => {
      if (typeof pair !== "object" || pair === null) return [];
      const { localRoot, remoteRoot } = pair as { localRoot?: unknown; remoteRoot?: unknown };
      // "." is the folder that the program was started in, wherever that was.
      if (typeof localRoot !== "string" || typeof remoteRoot !== "string" || remoteRoot === ".") return [];
      const local = localFolder(localRoot, variables);
      return local === null ? [] : [{ remote: remoteRoot, local }];
    });
  });
}

/** An absolute path out of a setting; null where it uses a variable that has no value here. */
export function localFolder(text: string, variables: LaunchVariables): string | null {
  const { folder, folders, home, environment } = variables;
  let known = true;
  const path = text
    .replaceAll(/\$\{([^{}]{1,200})\}/g, (_all, name: string) => {
      const value = valueOf(name);
      known &&= value !== undefined;
      return value ?? "";
    })
    .replace(/^~(?=[\\/]|$)/, home);
  if (!known || path === "") return null;
  return path.startsWith("/") || isWindowsPath(path)
    ? path
    : joined(
        folder,
        path.split("/").filter((part) => part !== "" && part !== "."),
      );

  function valueOf(name: string): string | undefined {
    if (/^workspace(?:Folder|Root)$/.test(name)) return folder;
    const named = /^workspaceFolder:(.+)$/.exec(name)?.[1];
    if (named !== undefined) return folders.find((each) => each.name === named)?.path;
    if (name === "userHome") return home;
    const variable = /^env:(\w+)$/.exec(name)?.[1];
    return variable === undefined ? undefined : environment[variable];
  }
}
