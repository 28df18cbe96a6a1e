import { type Memento, type QuickPickItem, window } from "vscode";
import type { JobRow } from "../../monitor/model";
import { newestJobs } from "../../protocol/jobQuery";
import type { JobArgument } from "../contributions/commands";
import { oneLine } from "../views/texts";
import type { HostParts } from "./parts";

const recentKey = "arq.recentJobs";
const keptRecent = 20;
const offered = 30;

type JobItem = QuickPickItem & { readonly jobId: string };

/** Opens the panel of a job: the given one, or one that is picked or typed in by its id. */
export async function openJob(parts: HostParts, job?: string | JobArgument): Promise<void> {
  const id = typeof job === "string" ? job : (job?.jobId ?? (await pick(parts)));
  if (id === undefined || id === "") return;
  const memory = parts.context.workspaceState;
  await memory.update(recentKey, [id, ...recentIds(memory).filter((known) => known !== id)].slice(0, keptRecent));
  parts.jobs.show(id);
}

function recentIds(memory: Memento): string[] {
  return memory.get<string[]>(recentKey) ?? [];
}

async function pick(parts: HostParts): Promise<string | undefined> {
  const picker = window.createQuickPick<JobItem>();
  picker.title = "Open ARQ Job";
  picker.placeholder = "Job id, or part of a function or error";
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  const fill = () => (picker.items = items(parts, picker.value.trim()));
  fill();
  picker.onDidChangeValue(fill);
  try {
    return await new Promise<string | undefined>((resolve) => {
      picker.onDidAccept(() => resolve(picker.selectedItems[0]?.jobId ?? picker.value.trim()));
      picker.onDidHide(() => resolve(undefined));
      picker.show();
    });
  } finally {
    picker.dispose();
  }
}

/** Opened before, then the newest that match, then what was typed: an id may be known to Redis and not yet to us. */
function items({ session, context }: HostParts, typed: string): JobItem[] {
  const { monitor } = session;
  const found = new Map<string, JobItem>();
  for (const id of recentIds(context.workspaceState)) {
    const row = monitor?.row(id) ?? null;
    if (typed === "" || id.includes(typed)) found.set(id, item(id, row, "opened before"));
  }
  const page = monitor?.query({ ...newestJobs, text: typed, limit: offered });
  for (const row of page?.rows ?? []) if (!found.has(row.id)) found.set(row.id, item(row.id, row, row.state));
  if (typed !== "" && !found.has(typed)) found.set(typed, { ...item(typed, null, "as typed"), alwaysShow: true });
  return [...found.values()];
}

function item(id: string, row: JobRow | null, description: string): JobItem {
  const about = row === null ? undefined : [row.function, row.error?.type].filter(Boolean).join(" · ");
  return { jobId: id, label: oneLine(id), description, ...(about ? { detail: oneLine(about) } : {}) };
}
