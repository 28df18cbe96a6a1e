import { l10n, type Disposable } from "vscode";
import type { ErrorGroup, Monitor, ThroughputBucket } from "../../../monitor/model";
import {
  failedSpans,
  failuresWithin,
  type ChartSpan,
  type FailedIntent,
  type FailedView,
  type Found,
  type GroupFrame,
  type GroupView,
} from "../../../protocol/tabs/failed";
import { fields, oneOf, text } from "../checks";
import type { ErrorNews } from "../../errorNews";
import type { FailingFrame, GroupFrames } from "../../groupFrames";
import type { Tab } from "./tab";

/** Nobody reads further; what lies beyond is found by the filter. */
const groupsAtMost = 200;
/** Names that a row has room for. */
const namesAtMost = 3;
const longestText = 200;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** So many bars that each is wide enough to be pointed at. */
const charts: Readonly<Record<ChartSpan, { readonly spanMs: number; readonly stepMs: number }>> = {
  "1h": { spanMs: hourMs, stepMs: minuteMs },
  "24h": { spanMs: 24 * hourMs, stepMs: 20 * minuteMs },
  "7d": { spanMs: 7 * 24 * hourMs, stepMs: 2 * hourMs },
};

/** Failures by what they have in common. */
export class FailedTab implements Tab<"failed"> {
  constructor(
    private readonly frames: GroupFrames,
    private readonly news: Pick<ErrorNews, "see">,
    /** What is heard of, and what the user has muted. */
    private readonly part: (groups: readonly ErrorGroup[]) => Record<"heard" | "muted", readonly ErrorGroup[]>,
    /** More is known of where they fail. */
    private readonly changed: () => void,
  ) {}

  check(intent: unknown): FailedIntent {
    const given = fields(intent);
    return {
      span: given.span === undefined ? "all" : oneOf(given.span, failedSpans, "span"),
      text: given.text === undefined ? "" : text(given.text, "text").slice(0, longestText),
    };
  }

  async view(monitor: Monitor, intent: FailedIntent, signal: AbortSignal): Promise<FailedView> {
    const all = await monitor.errorGroups(signal);
    const asked = all.filter((group) => isAskedFor(group, intent));
    const { heard, muted } = this.part(asked);
    const shown = heard.slice(0, groupsAtMost);
    this.frames.want(this, shown);
    const chartSpan = chartSpanOf(monitor, intent);
    return {
      groups: shown.map((group) => groupView(group, this.frames.of(group.key))),
      muted: muted.slice(0, groupsAtMost).map((group) => groupView(group, this.frames.of(group.key))),
      mutedInAll: muted.length,
      found: found(heard, (group) => failuresWithin(group, intent.span)),
      known: found(all, ({ count }) => count),
      chart: chart(monitor, chartSpan),
      chartSpan,
      remembered: all.reduce((sum, group) => sum + group.remembered, 0),
      firstAt: all.length === 0 ? null : Math.min(...all.map(({ firstAt }) => firstAt)),
    };
  }

  /** Where the jobs of this group fail; throws where that is not known. */
  frameOf(key: string): FailingFrame {
    const frame = this.frames.of(key);
    if (frame === null) throw new Error(l10n.t("Where this error happened is not known any more."));
    return frame;
  }

  /** Logs of workers are followed while somebody looks: they may tell where a job failed. */
  follow(): Disposable {
    const following = this.frames.follow(this);
    const listening = this.frames.onDidFind(() => this.changed());
    const seeing = this.news.see();
    return {
      dispose: () => {
        following.dispose();
        listening.dispose();
        seeing.dispose();
      },
    };
  }
}

function isAskedFor(group: ErrorGroup, { span, text: written }: FailedIntent): boolean {
  if (failuresWithin(group, span) === 0) return false;
  const words = written.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const names = group.functions.map(({ name }) => name);
  const about = [group.type, group.message, group.sample, ...names].join("\n").toLowerCase();
  return words.every((word) => about.includes(word));
}

function found(groups: readonly ErrorGroup[], jobs: (group: ErrorGroup) => number): Found {
  return { groups: groups.length, jobs: groups.reduce((sum, group) => sum + jobs(group), 0) };
}

function groupView(group: ErrorGroup, found: FailingFrame | null): GroupView {
  const { jobs: _jobs, latest, functions, queues, ...rest } = group;
  return {
    ...rest,
    latestId: latest?.id ?? null,
    frame: found && frameView(found),
    functions: functions.slice(0, namesAtMost),
    functionsInAll: functions.length,
    queues: queues.slice(0, namesAtMost),
    queuesInAll: queues.length,
  };
}

function frameView({ file, line, function: name }: FailingFrame): GroupFrame {
  return { file, line, function: name };
}

/** Hours of which nothing is known would fill the chart of a Redis that is watched since a minute ago. */
function chartSpanOf(monitor: Monitor, { span }: FailedIntent): ChartSpan {
  if (span !== "all") return span;
  const { lastHour, lastDay, lastWeek } = monitor.snapshot();
  if (lastWeek.coveredMs > lastDay.coveredMs) return "7d";
  return lastDay.coveredMs > lastHour.coveredMs ? "24h" : "1h";
}

function chart(monitor: Monitor, span: ChartSpan): ThroughputBucket[] {
  const { spanMs, stepMs } = charts[span];
  const to = monitor.now();
  return monitor.history
    .chart({ from: to - spanMs, to, stepMs, queue: null, function: null })
    .map(({ at, complete, failed, covered }) => ({ at, complete, failed, covered }));
}
