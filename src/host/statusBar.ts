import {
  l10n,
  MarkdownString,
  StatusBarAlignment,
  ThemeColor,
  window,
  type Command,
  type Disposable,
  type StatusBarItem,
} from "vscode";
import type { HealthLevel } from "../monitor/health";
import { assertNever } from "../python/assertNever";
import { connectionFacts } from "./connectionFacts";
import type { DashboardArgument } from "./contributions/commands";
import { newsText } from "./errorNewsText";
import type { ErrorNews, ErrorNewsItem } from "./errorNews";
import { indexedPercent } from "./indexingText";
import type { Session } from "./session";
import { newErrorsText } from "./views/failureBadge";

const redrawMs = 500;
/** New errors that the tooltip names. */
const namedErrors = 5;
/** While there are errors that nobody has looked at, a click leads to them. */
const showFailed: Command = {
  command: "arq.showDashboard",
  title: "",
  arguments: [{ tab: "failed" } satisfies DashboardArgument],
};

const healthIcons: { readonly [L in HealthLevel]: string } = {
  green: "$(pass)",
  yellow: "$(warning)",
  red: "$(error)",
  unknown: "$(question)",
};

/** The connection's name and health, at the bottom of the window; a click opens the dashboard. Hidden when nothing is configured. */
export class StatusBar implements Disposable {
  readonly item: StatusBarItem;
  readonly #subscriptions: readonly Disposable[];
  #watch: Disposable | null = null;
  #pending: NodeJS.Timeout | null = null;

  constructor(
    private readonly session: Session,
    private readonly news: Pick<ErrorNews, "unseen" | "onDidChange">,
  ) {
    this.item = window.createStatusBarItem("arq.status", StatusBarAlignment.Left, 0);
    this.item.name = "ARQ Monitor";
    this.item.command = "arq.showDashboard";
    this.#subscriptions = [session.onDidChange(() => this.#schedule()), news.onDidChange(() => this.#schedule())];
    this.#draw();
  }

  dispose(): void {
    if (this.#pending !== null) clearTimeout(this.#pending);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#watch?.dispose();
    this.item.dispose();
  }

  #schedule(): void {
    this.#pending ??= setTimeout(() => {
      this.#pending = null;
      this.#draw();
    }, redrawMs);
  }

  #draw(): void {
    const { connection } = this.session;
    if (connection === null) {
      this.#watch?.dispose();
      this.#watch = null;
      this.item.hide();
      return;
    }
    // With a connection configured, a status bar item is always looked at; it needs health and counts, not every job.
    this.#watch ??= this.session.watch("background");
    const { text: health, level } = face(this.session);
    const { unseen } = this.news;
    const text = unseen.length === 0 ? health : l10n.t("{0}, {1}", health, newErrorsText(unseen.length));
    this.item.text = text;
    this.item.tooltip = tooltip(this.session, unseen);
    this.item.command = unseen.length === 0 ? "arq.showDashboard" : showFailed;
    this.item.backgroundColor = background(level, connection.production);
    const spoken = text.replaceAll(/\$\([^)]*\)/g, "").trim();
    this.item.accessibilityInformation = { label: l10n.t("ARQ connection {0}. Show dashboard.", spoken) };
    this.item.show();
  }
}

function background(level: HealthLevel, production: boolean): ThemeColor | undefined {
  if (level === "red") return new ThemeColor("statusBarItem.errorBackground");
  return production ? new ThemeColor("statusBarItem.warningBackground") : undefined;
}

/** `$(pass) name: healthy`. */
function face(session: Session): { text: string; level: HealthLevel } {
  // `$(` would be read as an icon.
  const name = (session.connection?.name ?? "").replaceAll("$(", "$ (");
  const snapshot = session.snapshot();
  const shown = session.connection?.production === true ? l10n.t("{0} PRODUCTION", name) : name;
  const unknown = (icon: string, text: string) => ({ text: `${icon} ${text}`, level: "unknown" as const });
  if (session.state === "down") return unknown("$(debug-disconnect)", l10n.t("{0}: not connected", shown));
  if (snapshot === null || session.state === "connecting")
    return unknown("$(loading~spin)", l10n.t("{0}: connecting", shown));
  if (!snapshot.complete) {
    if (session.indexing === "paused") return unknown("$(debug-pause)", l10n.t("{0}: indexing paused", shown));
    const percent = indexedPercent(snapshot.sweep);
    const text = percent === null ? l10n.t("{0}: indexing", shown) : l10n.t("{0}: indexing {1}", shown, percent);
    return unknown("$(loading~spin)", text);
  }
  if (session.state === "empty") return unknown("$(circle-outline)", l10n.t("{0}: no ARQ keys", shown));
  const { level } = snapshot.health;
  return { text: `${healthIcons[level]} ${healthText(level, shown)}`, level };
}

function healthText(level: HealthLevel, name: string): string {
  switch (level) {
    case "green":
      return l10n.t("{0}: healthy", name);
    case "yellow":
      return l10n.t("{0}: needs attention", name);
    case "red":
      return l10n.t("{0}: in trouble", name);
    case "unknown":
      return l10n.t("{0}: health unknown", name);
    default:
      return assertNever(level);
  }
}

/** Every text from outside is appended as text, never as Markdown, and the string is not trusted. */
function tooltip(session: Session, news: readonly ErrorNewsItem[]): MarkdownString {
  const markdown = new MarkdownString("", true);
  const { connection } = session;
  if (connection === null) return markdown;
  markdown.appendMarkdown("**ARQ** ");
  const told = news.slice(0, namedErrors).map(newsText);
  for (const line of [`${connection.name} (${connection.address})`, ...told, ...connectionFacts(session)])
    markdown.appendText(line).appendMarkdown("\n\n");
  return markdown;
}
