import { l10n } from "vscode";
import type { JobRow } from "../monitor/model";
import type { ConnectionView, ErrorView, FrameView } from "../protocol/viewModels";
import type { JobLink } from "./jobLinks";
import { errorText } from "./views/jobNode";
import { stateName } from "./views/stateName";
import { duration, oneLine } from "./views/texts";

/** What a summary is made of. All text has passed the redactor. */
export interface Incident {
  readonly row: JobRow;
  readonly connection: ConnectionView;
  readonly release: string | null;
  readonly error: ErrorView | null;
  /** The whole traceback as it was printed; null without one. */
  readonly traceback: string | null;
  readonly links: readonly JobLink[];
}

const messageAtMost = 4000;
const tracebackAtMost = 30_000;
const ownFramesAtMost = 20;

/**
 * Markdown for a ticket or a chat: what the job is, when it ran, why it failed, the traceback with one's own frames first. Holds no argument, no result and no
 * address. Whatever stands in the texts, they stay text: in code, between fences longer than any in them.
 */
export function incidentSummary({ row, connection, release, error, traceback, links }: Incident): string {
  const name = row.function ?? l10n.t("unknown function");
  const facts: (readonly [string, string | null])[] = [
    [l10n.t("Job"), code(row.id)],
    [l10n.t("Function"), code(name)],
    [l10n.t("Queue"), row.queue === null ? null : code(row.queue)],
    [
      l10n.t("Connection"),
      code(connection.environment === null ? connection.name : `${connection.name} (${connection.environment})`),
    ],
    [l10n.t("State"), stateName(row.state)],
    [l10n.t("Enqueued"), moment(row.enqueuedAt)],
    [l10n.t("Due"), moment(row.scheduledAt)],
    [l10n.t("Started"), moment(row.startedAt)],
    [l10n.t("Ended"), moment(row.finishedAt)],
    [l10n.t("Waited"), row.waitMs === null ? null : duration(row.waitMs)],
    [l10n.t("Ran"), row.runMs === null ? null : duration(row.runMs)],
    [l10n.t("Tries"), row.tries === null ? null : String(row.tries)],
    [l10n.t("Worker"), row.worker === null ? null : code(row.worker)],
    [l10n.t("Release"), release === null ? null : code(release)],
  ];
  const title = error === null ? code(name) : `${code(name)}: ${code(error.type)}`;
  return [
    `### ${title}`,
    `| | |\n|---|---|\n${facts.flatMap(([label, value]) => (value === null ? [] : [`| ${label} | ${value.replaceAll("|", String.raw`\|`)} |`])).join("\n")}`,
    ...(error === null ? [] : errorParts(error)),
    ...(traceback === null ? [] : tracebackParts(error, traceback)),
    ...(links.length === 0
      ? []
      : [
          links
            .map(
              ({ label, url }) =>
                `- ${label.replaceAll(/[[\]\\<>`]/g, "")}: <${url.replaceAll(/[<>\s]/g, encodeURIComponent)}>`,
            )
            .join("\n"),
        ]),
  ]
    .join("\n\n")
    .concat("\n");
}

function errorParts(error: ErrorView): string[] {
  const text = [errorText(error), ...error.notes, ...error.members].join("\n");
  // The explanation names the class, which a payload may call as it likes.
  return [`**${l10n.t("Error")}**`, fenced(`${cut(text, messageAtMost)}\n\n${error.explanation}`)];
}

function tracebackParts(error: ErrorView | null, text: string): string[] {
  const own = (error?.tracebacks ?? []).flatMap(({ frames }) => frames.filter((frame) => frame.own));
  // The line that failed is what a reader looks for, so the newest comes first.
  const frames = own.slice(-ownFramesAtMost).toReversed().map(frameLine);
  return [
    ...(frames.length === 0 ? [] : [`**${l10n.t("Own code, newest frame first")}**`, frames.join("\n")]),
    `**${l10n.t("Traceback")}**`,
    fenced(cut(text.trimEnd(), tracebackAtMost)),
  ];
}

function frameLine(frame: FrameView): string {
  const source = frame.source === null ? "" : ` ${code(oneLine(frame.source))}`;
  return `- ${l10n.t("{0} in {1}", code(`${frame.file}:${frame.line}`), code(frame.function))}${source}`;
}

/** UTC: who reads it may be elsewhere. */
function moment(at: number | null): string | null {
  if (at === null || Math.abs(at) > 8.64e15) return null;
  return `${new Date(at).toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

/** As inline code in one line. */
function code(text: string): string {
  const flat = oneLine(text, 300);
  const ticks = "`".repeat(longestRun(flat) + 1);
  const space = flat.startsWith("`") || flat.endsWith("`") ? " " : "";
  return `${ticks}${space}${flat}${space}${ticks}`;
}

function fenced(text: string): string {
  const ticks = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${ticks}text\n${text}\n${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

function cut(text: string, atMost: number): string {
  return text.length <= atMost ? text : `${text.slice(0, atMost)}…`;
}
