import { l10n, type Memento, type QuickPickItem, window } from "vscode";
import type { JobRow } from "../../monitor/model";
import { newestJobs } from "../../protocol/jobQuery";
import type { JobArgument, OfConnection } from "../contributions/commands";
import { errorText, functionName } from "../views/jobNode";
import { stateIcons } from "../views/stateIcons";
import { stateName } from "../views/stateName";
import { oneLine } from "../views/texts";
import { atConnection } from "./atConnection";
import type { HostParts } from "./parts";

const recentKey = "arq.recentJobs";
const keptRecent = 20;
const offered = 30;

type JobItem = QuickPickItem & { readonly jobId: string };

/** Opens the panel of a job: the given one, or one that is picked or typed in by its id. One of another connection only where the user switches to that. */
export async function openJob(parts: HostParts, job?: string | (JobArgument & OfConnection)): Promise<void> {
  if (!(await atConnection(parts, typeof job === "string" ? undefined : job?.connection))) return;
  const id = typeof job === "string" ? job : (job?.jobId ?? (await pick(parts)));
  if (id === undefined || id === "") return;
  parts.jobs.show(id);
  // What was mistyped is not to be offered again.
  if ((parts.session.monitor?.row(id) ?? null) === null) return;
  const memory = parts.context.workspaceState;
  await memory.update(recentKey, [id, ...recentIds(memory).filter((known) => known !== id)].slice(0, keptRecent));
}

function recentIds(memory: Memento): string[] {
  return memory.get<string[]>(recentKey) ?? [];
}

async function pick(parts: HostParts): Promise<string | undefined> {
  const picker = window.createQuickPick<JobItem>();
  picker.title = l10n.t("Open ARQ Job");
  picker.placeholder = l10n.t("Job id, or part of a function or error");
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  let asked = new AbortController();
  const fill = async (): Promise<void> => {
    asked.abort();
    const { signal } = (asked = new AbortController());
    const found = await items(parts, picker.value.trim(), signal).catch(() => []);
    if (!signal.aborted) picker.items = found;
  };
  void fill();
  picker.onDidChangeValue(() => void fill());
  try {
    return await new Promise<string | undefined>((resolve) => {
      picker.onDidAccept(() => resolve(picker.selectedItems[0]?.jobId ?? picker.value.trim()));
      picker.onDidHide(() => resolve(undefined));
      picker.show();
    });
  } finally {
    asked.abort();
    picker.dispose();
  }
}

/** Opened before, then the newest that match; what was typed when none does: an id may be known to Redis and not yet to us. */
async function items({ session, context }: HostParts, typed: string, signal: AbortSignal): Promise<JobItem[]> {
  const { monitor } = session;
  const found = new Map<string, JobItem>();
  for (const id of recentIds(context.workspaceState)) {
    const row = monitor?.row(id) ?? null;
    if (row !== null && (typed === "" || id.includes(typed))) found.set(id, item(row, l10n.t("opened before")));
  }
  const page = await monitor?.query({ ...newestJobs, text: typed, limit: offered }, signal);
  for (const row of page?.rows ?? []) if (!found.has(row.id)) found.set(row.id, item(row, null));
  if (typed !== "" && found.size === 0) {
    found.set(typed, {
      jobId: typed,
      label: oneLine(typed),
      description: l10n.t("open the job of this id"),
      alwaysShow: true,
    });
  }
  return [...found.values()];
}

function item(row: JobRow, note: string | null): JobItem {
  // `$(` would be read as an icon.
  const name = functionName(row).replaceAll("$(", "$ (");
  const about = [stateName(row.state), note, row.error === null ? null : errorText(row.error)].filter(
    (part) => part !== null,
  );
  return {
    jobId: row.id,
    label: `$(${stateIcons[row.state].id}) ${name}`,
    description: oneLine(row.id, 80),
    detail: oneLine(about.join(" · ")),
  };
}
