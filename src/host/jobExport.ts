import type { JobRow } from "../monitor/model";

/** Lists of jobs as files. Payloads and tracebacks are in none of them; what a row holds has passed the redactor. */
export type ExportFormat = "csv" | "json";

/** What is written about the list itself. CSV has no place for it. */
export interface ExportHead {
  readonly connection: string;
  /** Unix ms. */
  readonly exportedAt: number;
  /** What was asked for, for people. */
  readonly filter: string;
  /** What is not in the list, for people. */
  readonly leftOut: readonly string[];
}

/** Writes a list piece by piece: `begin`, any number of `rows`, `end`. */
export interface ExportWriter {
  begin(): string;
  rows(rows: readonly JobRow[]): string;
  end(): string;
}

export function exportWriter(format: ExportFormat, head: ExportHead): ExportWriter {
  return format === "csv" ? csvWriter : jsonWriter(head);
}

type Cell = string | number | null;

/** Times as ISO 8601 in UTC, durations in ms, unknown null. */
export function exportedJob(row: JobRow) {
  return {
    id: row.id,
    function: row.function,
    status: row.state,
    queue: row.queue,
    enqueued: time(row.enqueuedAt),
    due: time(row.scheduledAt),
    started: time(row.startedAt),
    completed: time(row.finishedAt),
    wait_ms: row.waitMs,
    duration_ms: row.runMs,
    tries: row.tries,
    error_type: row.error?.type ?? null,
    error_message: row.error?.message ?? null,
    worker: row.worker,
    forgotten_by_redis: time(row.rememberedSince),
  } satisfies Record<string, Cell>;
}

const columns: readonly (keyof ReturnType<typeof exportedJob>)[] = [
  "id",
  "function",
  "status",
  "queue",
  "enqueued",
  "due",
  "started",
  "completed",
  "wait_ms",
  "duration_ms",
  "tries",
  "error_type",
  "error_message",
  "worker",
  "forgotten_by_redis",
];

/** RFC 4180: lines end with CRLF, and a cell with a comma, a quote or a line break stands in quotes. */
const csvWriter: ExportWriter = {
  begin: () => csvLine(columns),
  rows: (rows) =>
    rows
      .map((row) => {
        const job = exportedJob(row);
        return csvLine(columns.map((column) => job[column]));
      })
      .join(""),
  end: () => "",
};

function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = withoutFormula(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Spreadsheets run a cell that begins like a formula, and anybody who can enqueue a job can name it so. An apostrophe before it has them take it as
 * text (OWASP, "CSV Injection").
 */
function withoutFormula(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}

/** One object; its jobs a line each. */
function jsonWriter({ exportedAt, ...head }: ExportHead): ExportWriter {
  let first = true;
  return {
    begin() {
      const opened = JSON.stringify({ ...head, exportedAt: time(exportedAt) }, null, 2).slice(0, -"\n}".length);
      return `${opened},\n  "jobs": [`;
    },
    rows(rows) {
      const lines = rows.map((row) => {
        const line = `${first ? "" : ","}\n    ${JSON.stringify(exportedJob(row))}`;
        first = false;
        return line;
      });
      return lines.join("");
    },
    end: () => `${first ? "" : "\n  "}]\n}\n`,
  };
}

/** A time that no date can say is unknown. */
function time(at: number | null): string | null {
  return at === null || !(Math.abs(at) <= 8.64e15) ? null : new Date(at).toISOString();
}
