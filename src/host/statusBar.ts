import { MarkdownString, StatusBarAlignment, ThemeColor, window, type Disposable, type StatusBarItem } from "vscode";
import type { HealthLevel } from "../monitor/model";
import { connectionFacts } from "./connectionFacts";
import { indexedPercent } from "./indexingText";
import type { Session } from "./session";

const redrawMs = 500;

const healthIcons: { readonly [L in HealthLevel]: string } = {
  green: "$(pass)",
  yellow: "$(warning)",
  red: "$(error)",
  unknown: "$(question)",
};
const healthWords: { readonly [L in HealthLevel]: string } = {
  green: "healthy",
  yellow: "needs attention",
  red: "in trouble",
  unknown: "health unknown",
};

/** The connection's name and health, at the bottom of the window; a click opens the dashboard. Hidden when nothing is configured. */
export class StatusBar implements Disposable {
  readonly item: StatusBarItem;
  readonly #subscription: Disposable;
  #watch: Disposable | null = null;
  #pending: NodeJS.Timeout | null = null;

  constructor(private readonly session: Session) {
    this.item = window.createStatusBarItem("arq.status", StatusBarAlignment.Left, 0);
    this.item.name = "ARQ Monitor";
    this.item.command = "arq.showDashboard";
    this.#subscription = session.onDidChange(() => this.#schedule());
    this.#draw();
  }

  dispose(): void {
    if (this.#pending !== null) clearTimeout(this.#pending);
    this.#subscription.dispose();
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
    const { text, level } = face(this.session);
    const name = connection.production ? `${connection.name} (production)` : connection.name;
    this.item.text = text;
    this.item.tooltip = tooltip(this.session);
    this.item.backgroundColor = background(level, connection.production);
    this.item.accessibilityInformation = { label: `ARQ connection ${name}: ${spoken(this.session)}. Show dashboard.` };
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
  const shown = session.connection?.production === true ? `${name} PRODUCTION` : name;
  if (session.state === "down") return { text: `$(debug-disconnect) ${shown}: not connected`, level: "unknown" };
  if (snapshot === null || session.state === "connecting") {
    return { text: `$(loading~spin) ${shown}: connecting`, level: "unknown" };
  }
  if (!snapshot.complete) {
    const percent = indexedPercent(snapshot.sweep);
    if (session.indexing === "paused") return { text: `$(debug-pause) ${shown}: indexing paused`, level: "unknown" };
    return { text: `$(loading~spin) ${shown}: indexing${percent === null ? "" : ` ${percent}`}`, level: "unknown" };
  }
  if (session.state === "empty") return { text: `$(circle-outline) ${shown}: no ARQ keys`, level: "unknown" };
  const { level } = snapshot.health;
  return { text: `${healthIcons[level]} ${shown}: ${healthWords[level]}`, level };
}

function spoken(session: Session): string {
  const { text } = face(session);
  return text.replaceAll(/\$\([^)]*\)/g, "").trim();
}

/** Every text from outside is appended as text, never as Markdown, and the string is not trusted. */
function tooltip(session: Session): MarkdownString {
  const markdown = new MarkdownString("", true);
  const { connection } = session;
  if (connection === null) return markdown;
  markdown.appendMarkdown("**ARQ** ");
  for (const line of [`${connection.name} (${connection.address})`, ...connectionFacts(session)])
    markdown.appendText(line).appendMarkdown("\n\n");
  return markdown;
}
