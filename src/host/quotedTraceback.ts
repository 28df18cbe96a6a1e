import { l10n } from "vscode";
import { findTraceback } from "../arq/storedTraceback";
import type { JobDetail } from "../monitor/model";
import type { PyValue } from "../python/value";
import { readTraceback } from "./jobTries";
import type { FoundTraceback } from "./tracebacks";

/** Of a traceback's lines where they are a list: none is longer. */
const lineLimits = { depth: 2, items: 100, bytes: 64 * 1024 };

/**
 * A traceback that stands as text in what the job returned, or in its arguments: of a failure that it reported or was told of, not of its own. Null
 * where there is none. To be shown only where the values are.
 */
export function quotedTraceback({ job, result }: JobDetail): FoundTraceback | null {
  const decoded = result?.decoded.ok ? result.decoded : null;
  if (decoded?.success) {
    const returned = textIn([decoded.result]);
    if (returned !== null) return quoted(returned, l10n.t("in the return value"));
  }
  const called = decoded ?? (job?.decoded.ok ? job.decoded : null);
  const given = called === null ? null : textIn([called.args, called.kwargs]);
  return given === null ? null : quoted(given, l10n.t("in the arguments of the job"));
}

function textIn(values: readonly PyValue[]): string | null {
  const found = findTraceback(values, lineLimits);
  return typeof found === "string" ? found : null;
}

function quoted(text: string, source: string): FoundTraceback | null {
  const found = readTraceback(text, source);
  return found === null ? null : { ...found, quoted: true };
}
