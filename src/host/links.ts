import { l10n } from "vscode";
import { lookAt, type Look, tabNames } from "../protocol/tabs";
import type { DashboardArgument } from "./contributions/commands";
import { filterText, onFirstPage } from "./filterText";

/**
 * Links from outside into the window: `<base>/job/<id>?connection=<name>` and `<base>/dashboard?tab=…&filter=…&connection=<name>`. They name a
 * connection of `arq.connections` and never an address, so that nobody can make VS Code connect anywhere by a link.
 */
export type ArqLink =
  | { readonly kind: "job"; readonly connection: string | null; readonly id: string }
  | { readonly kind: "dashboard"; readonly connection: string | null; readonly argument: DashboardArgument };

const idAtMost = 2000;
const nameAtMost = 200;
const intentAtMost = 10_000;

/**
 * What a link asks for. `path` and `query` as VS Code's `Uri` has them: percent-decoded once. Throws, in words for people, for what is no link of
 * ours; what a tab is asked for is checked where it is shown.
 */
export function parseLink(path: string, query: string): ArqLink {
  const values = queryValues(query);
  const connection = values.get("connection") ?? null;
  if (connection !== null && (connection === "" || connection.length > nameAtMost))
    throw new Error(l10n.t("the name of its connection is empty or too long"));
  if (path.startsWith("/job/")) {
    const id = path.slice("/job/".length);
    // A name that cannot be read cannot be compared with what was meant.
    if (id === "" || id.length > idAtMost || /\p{Cc}/u.test(id))
      throw new Error(l10n.t("its job id is empty, too long, or no text"));
    return { kind: "job", connection, id };
  }
  if (/^\/dashboard\/?$/.test(path)) return { kind: "dashboard", connection, argument: dashboardOf(values) };
  throw new Error(l10n.t("it leads neither to a job nor to the dashboard"));
}

export function jobLink(base: string, id: string, connection: string): string {
  return `${base}/job/${encodeURIComponent(id)}${queryText([["connection", connection]])}`;
}

export function dashboardLink(base: string, look: Look, connection: string): string {
  return `${base}/dashboard${queryText([["tab", look.tab], ...asked(look), ["connection", connection]])}`;
}

/** A filter of jobs as people write it, where that says everything; nothing for what a tab asks at first. */
function asked(look: Look): [name: string, value: string][] {
  const intent = toShare(look);
  if (sameJson(intent, toShare(lookAt(look.tab)))) return [];
  const filter = look.tab === "jobs" ? filterText(look.intent.query) : null;
  return filter === null ? [["intent", JSON.stringify(intent)]] : [["filter", filter]];
}

function dashboardOf(values: ReadonlyMap<string, string>): DashboardArgument {
  const given = values.get("tab");
  const tab = tabNames.find((name) => name === given);
  if (given !== undefined && tab === undefined)
    throw new Error(l10n.t("the dashboard has no tab of that name; it has {0}", tabNames.join(", ")));
  const filter = values.get("filter");
  const written = values.get("intent");
  if (written !== undefined && written.length > intentAtMost) throw new Error(l10n.t("it is too long"));
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(filter === undefined ? {} : { filter }),
    ...(written === undefined ? {} : { intent: readIntent(written) }),
  } as DashboardArgument;
}

function readIntent(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    throw new Error(l10n.t("what it asks of the tab cannot be read"));
  }
}

/** Neither how far somebody had turned the pages, nor how the list is laid out. */
function toShare({ tab, intent }: Look): unknown {
  return tab === "jobs" ? { query: { ...intent.query, ...onFirstPage } } : intent;
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** `Uri` decodes the query before anybody can take it apart, so what takes it apart is encoded once more. */
function queryText(values: readonly (readonly [name: string, value: string])[]): string {
  const written = values.map(
    ([name, value]) => `${name}=${encodeURIComponent(value.replaceAll(/[%&]/g, encodeURIComponent))}`,
  );
  return `?${written.join("&")}`;
}

function queryValues(query: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const part of query.split("&")) {
    const [name = "", ...rest] = part.split("=");
    const value = rest.join("=");
    try {
      values.set(name, decodeURIComponent(value));
    } catch {
      // A percent sign that was meant as one.
      values.set(name, value);
    }
  }
  return values;
}
