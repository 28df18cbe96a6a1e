import { commands, l10n } from "vscode";
import type { Handlers } from "../../protocol/channel";
import type { FilterRequests } from "../../protocol/filterMessages";
import type { MutedGroups } from "../mutedGroups";
import type { SavedFilters } from "../savedFilters";
import type { Session } from "../session";
import { bool, fields, jobQuery, text } from "./checks";

interface FilterParts {
  readonly session: Session;
  readonly savedFilters: SavedFilters;
  readonly mutedGroups: MutedGroups;
}

/** What the dashboard's page asks about filters of jobs and groups of errors. What asks the user something is not waited for. */
export function filterHandlers({ session, savedFilters, mutedGroups }: FilterParts): Handlers<FilterRequests> {
  const run = (command: string, ...values: unknown[]): null => {
    void commands.executeCommand(command, ...values);
    return null;
  };
  const queryOf = (params: unknown) => ({ query: jobQuery(fields(params).query) });
  const nameOf = (params: unknown) => ({ name: text(fields(params).name, "name") });
  return {
    savedFilters: { check: () => null, handle: () => savedFilters.all },
    saveFilter: { check: queryOf, handle: ({ query }) => run("arq.saveFilter", query) },
    renameFilter: { check: nameOf, handle: ({ name }) => run("arq.renameSavedFilter", name) },
    deleteFilter: { check: nameOf, handle: ({ name }) => run("arq.deleteSavedFilter", name) },
    exportJobs: { check: queryOf, handle: ({ query }) => run("arq.exportJobs", { query }) },
    muteGroup: {
      check(params) {
        const { key, muted } = fields(params);
        return { key: text(key, "key"), muted: bool(muted, "muted") };
      },
      handle: async ({ key, muted }) => {
        const { connection } = session;
        if (connection === null) throw new Error(l10n.t("No connection is configured."));
        await mutedGroups.mute(connection.name, key, muted);
        return null;
      },
    },
  };
}
