import { l10n } from "vscode";
import { tracebackRemedies } from "../../arq/explain";
import type { JobError } from "../../arq/jobModel";
import type { ErrorGroup, Monitor } from "../../monitor/model";
import { itemContexts } from "../contributions/views";
import { storedError } from "../storedError";
import type { Tracebacks } from "../tracebacks";
import { frameNodes } from "./frameNodes";
import { errorText, jobNode } from "./jobNode";
import { coarseAge, count, dateTime, oneLine, plural } from "./texts";
import { idStep, messageNode, type TreeModel, type ViewNode } from "./viewNode";

const idOf = (group: ErrorGroup): string => `error/${idStep(group.key)}`;

/** The Failed Jobs tree: errors newest first, their jobs, and the way to the line that failed. */
export class FailedTree implements TreeModel {
  /** Rows of the tracebacks that were found, by the node they lie under, for each job. */
  readonly #found = new Map<string, ReadonlyMap<string, readonly ViewNode[]>>();

  constructor(
    private readonly monitor: () => Monitor | null,
    private readonly tracebacks: Pick<Tracebacks, "find">,
  ) {}

  async roots(): Promise<readonly ViewNode[]> {
    const monitor = this.monitor();
    const groups = await monitor?.errorGroups();
    return monitor === null || groups === undefined ? [] : groups.map((group) => groupNode(group, monitor.now()));
  }

  known(node: ViewNode): readonly ViewNode[] | Promise<readonly ViewNode[]> | null {
    for (const rows of this.#found.values()) {
      const below = rows.get(node.id);
      if (below !== undefined) return below;
    }
    return node.jobId === undefined ? this.#ofGroup(node.id) : null;
  }

  async ask({ id, jobId }: ViewNode): Promise<readonly ViewNode[]> {
    const monitor = this.monitor();
    if (monitor === null || jobId === undefined) return [];
    let detail;
    try {
      detail = await monitor.open(jobId);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return [
        messageNode(`${id}/unread`, l10n.t("The job could not be read"), { tooltip: why, icon: { id: "warning" } }),
      ];
    }
    if (detail === null) return [messageNode(`${id}/gone`, l10n.t("Redis no longer holds this job"))];
    const found = this.tracebacks.find(detail);
    if (found === null) return [noTraceback(id, jobId, storedError(detail))];
    const { top, below } = frameNodes(`${id}/frames`, found);
    this.#found.set(jobId, new Map([...below, [id, top]]));
    return top;
  }

  async #ofGroup(id: string): Promise<readonly ViewNode[]> {
    const monitor = this.monitor();
    const group = (await monitor?.errorGroups())?.find((candidate) => idOf(candidate) === id);
    return monitor === null || group === undefined ? [] : groupJobs(group, monitor.now());
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

function noTraceback(id: string, jobId: string, error: JobError | null): ViewNode {
  const why = error === null ? l10n.t("Its result is no longer kept.") : tracebackRemedies(error).why;
  return messageNode(`${id}/none`, l10n.t("No traceback: what would give one"), {
    description: oneLine(why, 120),
    tooltip: why,
    command: { id: "arq.openJob", title: l10n.t("Open Job"), arguments: [jobId] },
  });
}

function groupNode(group: ErrorGroup, now: number): ViewNode {
  const text = errorText({ type: group.type, message: group.sample });
  const when = l10n.t("last {0} ago", coarseAge(now - group.lastAt));
  const jobs = plural(group.count, l10n.t("1 failed job"), l10n.t("{0} failed jobs", count(group.count)));
  return {
    id: idOf(group),
    label: oneLine(errorText({ type: className(group.type), message: group.message })),
    description: `${count(group.count)} · ${when}`,
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
    icon: { id: "bug", color: "charts.red" },
    context: itemContexts.errorGroup,
    expandable: "collapsed",
    spoken: `${oneLine(errorText(group))}, ${jobs}, ${when}`,
    errorText: text,
  };
}

/** `shop.errors.PaymentFailed` → `PaymentFailed`: the module would fill a narrow side bar; the tooltip has it. */
function className(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1) || type;
}

function groupJobs(group: ErrorGroup, now: number): readonly ViewNode[] {
  const parent = idOf(group);
  const nodes: ViewNode[] = group.jobs.map((row) => ({ ...jobNode(parent, row, now), expandable: "collapsed" }));
  if (group.count > nodes.length) {
    nodes.push({
      id: `${parent}/more`,
      label: l10n.t("… {0} more: open in dashboard", count(group.count - nodes.length)),
      icon: { id: "dashboard" },
      command: {
        id: "arq.showDashboard",
        title: l10n.t("Show Dashboard"),
        arguments: [{ tab: "jobs", filter: { errorGroup: group.key } }],
      },
    });
  }
  return nodes;
}
