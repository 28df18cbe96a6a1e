import { l10n } from "vscode";
import { tracebackRemedies } from "../../arq/explain";
import type { JobError } from "../../arq/jobModel";
import type { ErrorGroup, Monitor } from "../../monitor/model";
import type { DashboardArgument } from "../contributions/commands";
import { type ItemContext, itemContexts, viewIds } from "../contributions/views";
import { failureFacts } from "../failureStack";
import { rememberedJob } from "../rememberedJob";
import { storedError } from "../storedError";
import type { Tracebacks } from "../tracebacks";
import { frameNodes } from "./frameNodes";
import { errorText, jobNode } from "./jobNode";
import { ShownRows } from "./shownRows";
import { coarseAge, count, dateTime, oneLine, plural } from "./texts";
import { idStep, messageNode, type TreeModel, type ViewNode } from "./viewNode";

const idOf = (group: ErrorGroup): string => `error/${idStep(group.key)}`;

/** Where muted errors lie. */
const mutedId = "muted";
type Parted = Record<"heard" | "muted", readonly ErrorGroup[]>;

/** The Failed Jobs tree: errors newest first, their jobs, and the way to the line that failed. Muted errors lie folded at the end. */
export class FailedTree implements TreeModel {
  /** Rows of the tracebacks that were found, by the node they lie under, for each job. */
  readonly #found = new Map<string, ReadonlyMap<string, readonly ViewNode[]>>();
  readonly #shown = new ShownRows(viewIds.failed);

  constructor(
    private readonly monitor: () => Monitor | null,
    private readonly tracebacks: Pick<Tracebacks, "find">,
    /** What is heard of, and what the user has muted. */
    private readonly part: (groups: readonly ErrorGroup[]) => Parted = (heard) => ({ heard, muted: [] }),
    /** Arguments and attributes of exceptions are not to be shown. */
    private readonly valuesHidden: () => boolean = () => false,
    /** What of this window cannot be read, for people. */
    private readonly unread: () => readonly string[] = () => [],
  ) {}

  async roots(): Promise<readonly ViewNode[]> {
    const monitor = this.monitor();
    if (monitor === null) return [];
    const { heard, muted } = this.part(await monitor.errorGroups());
    return [
      ...this.#groupNodes("", heard, monitor, itemContexts.errorGroup),
      ...(muted.length === 0 ? [] : [mutedNode(muted)]),
    ];
  }

  showMore(parent: string): void {
    this.#shown.showMore(parent);
  }

  known(node: ViewNode): readonly ViewNode[] | Promise<readonly ViewNode[]> | null {
    for (const rows of this.#found.values()) {
      const below = rows.get(node.id);
      if (below !== undefined) return below;
    }
    if (node.id === mutedId) return this.#muted();
    return node.jobId === undefined ? this.#ofGroup(node.id) : null;
  }

  async ask({ id, jobId }: ViewNode): Promise<readonly ViewNode[]> {
    const monitor = this.monitor();
    if (monitor === null || jobId === undefined) return [];
    let detail;
    try {
      // Redis forgets a failed job after an hour; the history does not.
      detail = (await monitor.open(jobId)) ?? rememberedJob(monitor, jobId);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return [
        messageNode(`${id}/unread`, l10n.t("The job could not be read"), { tooltip: why, icon: { id: "warning" } }),
      ];
    }
    if (detail === null) return [messageNode(`${id}/gone`, l10n.t("Redis no longer holds this job"))];
    const found = this.tracebacks.find(detail);
    if (found === null) return [noTraceback(id, jobId, storedError(detail), this.unread())];
    const { top, below } = frameNodes(`${id}/frames`, found, failureFacts(detail, this.valuesHidden()));
    this.#found.set(jobId, new Map([...below, [id, top]]));
    return top;
  }

  async #muted(): Promise<readonly ViewNode[]> {
    const monitor = this.monitor();
    if (monitor === null) return [];
    const { muted } = this.part(await monitor.errorGroups());
    return this.#groupNodes(mutedId, muted, monitor, itemContexts.mutedGroup);
  }

  #groupNodes(parent: string, groups: readonly ErrorGroup[], monitor: Monitor, context: ItemContext): ViewNode[] {
    const shown = groups.slice(0, this.#shown.of(parent));
    const { length } = groups;
    return [
      ...shown.map((group) => groupNode(group, monitor.now(), context)),
      ...this.#shown.rest(parent, shown.length, length, length, { tab: "failed" }),
    ];
  }

  async #ofGroup(id: string): Promise<readonly ViewNode[]> {
    const monitor = this.monitor();
    const group = (await monitor?.errorGroups())?.find((candidate) => idOf(candidate) === id);
    return monitor === null || group === undefined ? [] : groupJobs(group, monitor.now(), this.#shown);
  }

  /** Whether a traceback was found below this row. */
  has(jobId: string): boolean {
    return this.#found.has(jobId);
  }

  /** These jobs were written again, or (null) the connection is another: what was found for them does not hold any more. */
  forget(jobIds: ReadonlySet<string> | null): void {
    if (jobIds === null) this.#found.clear();
    else for (const jobId of this.#found.keys()) if (jobIds.has(jobId)) this.#found.delete(jobId);
  }
}

function noTraceback(id: string, jobId: string, error: JobError | null, unread: readonly string[]): ViewNode {
  const why = error === null ? l10n.t("Its result is no longer kept.") : tracebackRemedies(error).why;
  return messageNode(`${id}/none`, l10n.t("No traceback: what would give one"), {
    description: oneLine(why, 120),
    tooltip: [why, ...unread].join("\n\n"),
    command: { id: "arq.openJob", title: l10n.t("Open Job"), arguments: [jobId] },
  });
}

function groupNode(group: ErrorGroup, now: number, context: ItemContext): ViewNode {
  const text = errorText({ type: group.type, message: group.sample });
  const when = l10n.t("last {0} ago", coarseAge(now - group.lastAt));
  const jobs = plural(group.count, l10n.t("1 failed job"), l10n.t("{0} failed jobs", count(group.count)));
  const mark = markOf(group);
  const message = group.message === "" ? [] : [oneLine(group.message, 100)];
  return {
    id: idOf(group),
    // The count stands before what may be long: a narrow side bar cuts the end off.
    label: oneLine(className(group.type)),
    description: [...mark, count(group.count), ...message, when].join(" · "),
    tooltip: [
      text.slice(0, 1000),
      jobs,
      ...(group.remembered === 0 ? [] : [l10n.t("{0} of them forgotten by Redis", count(group.remembered))]),
      l10n.t(
        "In the last hour: {0}, 24 h: {1}, 7 d: {2}",
        count(group.lastHour),
        count(group.lastDay),
        count(group.lastWeek),
      ),
      l10n.t("First: {0}", dateTime(group.firstAt)),
      l10n.t("Last: {0}", dateTime(group.lastAt)),
    ].join("\n"),
    icon: context === itemContexts.mutedGroup ? { id: "bell-slash" } : { id: "bug", color: "charts.red" },
    context,
    expandable: "collapsed",
    spoken: [oneLine(errorText(group)), ...mark, jobs, when].join(", "),
    errorText: text,
    groupKey: group.key,
    dashboard: jobsOf(group),
  };
}

/** `shop.errors.PaymentFailed` → `PaymentFailed`: the module would fill a narrow side bar; the tooltip has it. */
function className(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1) || type;
}

/** A word for what was never seen before, or not for long. */
function markOf({ mark }: ErrorGroup): string[] {
  if (mark === null) return [];
  return [mark === "new" ? l10n.t("new") : l10n.t("back again")];
}

function mutedNode(muted: readonly ErrorGroup[]): ViewNode {
  const jobs = muted.reduce((sum, group) => sum + group.count, 0);
  return {
    id: mutedId,
    label: plural(muted.length, l10n.t("1 muted error"), l10n.t("{0} muted errors", count(muted.length))),
    description: plural(jobs, l10n.t("1 failed job"), l10n.t("{0} failed jobs", count(jobs))),
    tooltip: l10n.t(
      "Muted in this workspace: not on the badge, and listed apart. Unmute an error by its context menu.",
    ),
    icon: { id: "bell-slash" },
    expandable: "collapsed",
  };
}

function jobsOf({ key }: ErrorGroup): DashboardArgument {
  // Those that Redis has forgotten count in the group.
  return { tab: "jobs", filter: { errorGroup: key, remembered: "also" } };
}

function groupJobs(group: ErrorGroup, now: number, shown: ShownRows): readonly ViewNode[] {
  const parent = idOf(group);
  const jobs = group.jobs.slice(0, shown.of(parent));
  return [
    ...jobs.map((row): ViewNode => ({ ...jobNode(parent, row, now), expandable: "collapsed" })),
    ...shown.rest(parent, jobs.length, group.jobs.length, group.count, jobsOf(group)),
  ];
}
