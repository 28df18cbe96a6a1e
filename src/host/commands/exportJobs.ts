import { basename, extname, isAbsolute } from "node:path";
import { setImmediate } from "node:timers/promises";
import { CancellationError, l10n, type Progress, ProgressLocation, Uri, window, workspace } from "vscode";
import type { JobQuery, Monitor } from "../../monitor/model";
import { newestJobs } from "../../protocol/jobQuery";
import type { ExportArgument } from "../contributions/commands";
import { describeQuery } from "../filterText";
import { type ExportFormat, exportWriter } from "../jobExport";
import { count, plural } from "../views/texts";
import type { HostParts } from "./parts";
import { shownQuery } from "./savedFilters";

/** Jobs that are asked for at once: each asking passes all jobs once, and each row takes some 200 bytes of the file. */
const pageRows = 5000;
/** Rows that are written before others get their turn: some 5 ms, 20 on a busy machine. */
const rowsAtOnce = 500;

/**
 * Writes every job of a query (given, else what the tab Jobs shows, else all) into a CSV or JSON file. The user names the file, sees how far it is
 * and can cancel; then no file is written.
 */
export async function exportJobs(parts: HostParts, { query, file }: ExportArgument = {}): Promise<void> {
  const { session, connections } = parts;
  const { monitor } = session;
  const connection = connections.active?.name ?? "";
  if (monitor === null) throw new Error(l10n.t("Not connected yet."));
  const asked: JobQuery = { ...newestJobs, ...(query ?? shownQuery(parts)) };
  const target = file === undefined ? await askFile(connection) : fileUri(file);
  if (target === undefined) return;
  const format: ExportFormat = extname(target.path).toLowerCase() === ".json" ? "json" : "csv";
  const leftOut = [
    l10n.t("Arguments, results and tracebacks are left out."),
    ...(session.snapshot()?.complete === true ? [] : [l10n.t("Jobs that were not indexed yet are missing.")]),
  ];
  const head = { connection, exportedAt: monitor.now(), filter: describeQuery(asked), leftOut };
  const title = l10n.t("Exporting jobs to {0}…", basename(target.path));
  let rows;
  try {
    rows = await window.withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        const stop = new AbortController();
        token.onCancellationRequested(() => stop.abort(new CancellationError()));
        const writer = exportWriter(format, head);
        const chunks = [Buffer.from(writer.begin())];
        let written = 0;
        for await (const page of pages(monitor, asked, progress, stop.signal)) {
          for (let from = 0; from < page.length; from += rowsAtOnce) {
            chunks.push(Buffer.from(writer.rows(page.slice(from, from + rowsAtOnce))));
            await setImmediate();
            stop.signal.throwIfAborted();
          }
          written += page.length;
        }
        chunks.push(Buffer.from(writer.end()));
        stop.signal.throwIfAborted();
        await workspace.fs.writeFile(target, Buffer.concat(chunks));
        return written;
      },
    );
  } catch (error) {
    if (error instanceof CancellationError) return;
    throw error;
  }
  const exported = plural(
    rows,
    l10n.t("1 job exported to {0}.", basename(target.path)),
    l10n.t("{0} jobs exported to {1}.", count(rows), basename(target.path)),
  );
  const open = l10n.t("Open File");
  // Not waited for: the message may stay for long.
  void window.showInformationMessage([exported, ...leftOut].join(" "), open).then((choice) => {
    if (choice === open) void workspace.openTextDocument(target).then((document) => window.showTextDocument(document));
  });
}

/** Every job of the query, each once, also while others come and go. */
async function* pages(
  monitor: Monitor,
  query: JobQuery,
  progress: Progress<{ message: string; increment: number }>,
  signal: AbortSignal,
): AsyncGenerator<JobPageRows> {
  let anchor: string | null = null;
  let done = 0;
  do {
    const page = await monitor.query({ ...query, offset: 0, limit: pageRows, anchor }, signal);
    signal.throwIfAborted();
    if (page.needsPayloads)
      throw new Error(l10n.t("What arg: and result: find cannot be exported. Take them out of the filter."));
    yield page.rows;
    done += page.rows.length;
    const increment = page.total === 0 ? 100 : (100 * page.rows.length) / page.total;
    progress.report({ message: l10n.t("{0} of {1} jobs", count(done), count(page.total)), increment });
    ({ anchor } = page);
  } while (anchor !== null);
}

type JobPageRows = Awaited<ReturnType<Monitor["query"]>>["rows"];

async function askFile(connection: string): Promise<Uri | undefined> {
  const day = new Date().toISOString().slice(0, 10);
  const name = `arq-jobs-${connection.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-")}-${day}.csv`;
  const folder = workspace.workspaceFolders?.[0]?.uri;
  return window.showSaveDialog({
    title: l10n.t("Export Jobs"),
    saveLabel: l10n.t("Export"),
    filters: { CSV: ["csv"], JSON: ["json"] },
    ...(folder === undefined ? {} : { defaultUri: Uri.joinPath(folder, name) }),
  });
}

function fileUri(file: string): Uri {
  return isAbsolute(file) ? Uri.file(file) : Uri.parse(file, true);
}
