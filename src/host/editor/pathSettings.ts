import { normalize } from "node:path";
import { localFolder } from "../../python/launchMappings";
import { type PathMapping, readMappings } from "../../python/pathMapping";
import type { Settings } from "../settings";
import { settingVariables } from "./workspaceRoots";

/** `arq.pathMappings` with its variables filled in; with several folders open, `${workspaceFolder}` stands for each of them. */
export function userMappings(settings: Settings): PathMapping[] {
  const mappings = readMappings(settings.get("arq.pathMappings"));
  return settingVariables().flatMap((variables) =>
    mappings.flatMap(({ remote, local }) => {
      const path = localFolder(local, variables);
      return path === null ? [] : [{ remote, local: normalize(path) }];
    }),
  );
}
