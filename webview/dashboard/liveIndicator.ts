import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { SourceStatus } from "../../src/protocol/viewModels";
import { assertNever } from "../shared/assertNever";
import { formatClock, formatElapsed } from "../shared/format";
import { t } from "../shared/l10n";
import { baseStyles } from "../shared/styles";

/** Whether what is shown is current, in a word: `live · push`, `live · poll`, `connecting…`, `not live since 12:04:31`. */
export function liveText(status: SourceStatus): string {
  switch (status.state) {
    case "live":
      return status.feed === "push" ? t("live · push") : t("live · poll");
    case "connecting":
      return t("connecting…");
    case "down":
      return status.since === null ? t("not live") : t("not live since {0}", formatClock(status.since));
    case "closed":
      return t("closed");
    default:
      return assertNever(status);
  }
}

/** What the tooltip adds: the server, and why the feed is not push. */
export function liveDetail(status: SourceStatus): string {
  if (status.state !== "live")
    return status.state === "down" ? `${status.problem.message} ${status.problem.advice}` : "";
  const { server, feed, feedReason } = status;
  const version = `${server.kind}${server.version === null ? "" : ` ${server.version}`}`;
  if (feed === "push") return t("{0} tells of every change as it happens.", version);
  const asked = t("{0} is asked again and again.", version);
  return feedReason === null ? asked : `${asked} ${feedReason}`;
}

@customElement("arq-live-indicator")
export class LiveIndicator extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: inline-flex;
        flex-wrap: wrap;
        gap: 0 10px;
      }
      span {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        white-space: nowrap;
        color: var(--mute);
      }
      i {
        width: 8px;
        height: 8px;
        border-radius: 50%;
        border: 1.5px solid var(--mute);
      }
      .updated {
        min-width: 9.5em;
        font-variant-numeric: tabular-nums;
      }
      .live i {
        background: var(--good);
        border-color: var(--good);
      }
      .down {
        color: var(--vscode-foreground);
      }
      .down i {
        border-color: var(--bad);
      }
    `,
  ];

  @property({ attribute: false }) status: SourceStatus | null = null;
  /** When the last look at every key ended, on Redis' clock; null before the first. */
  @property({ attribute: false }) sweptAt: number | null = null;
  /** When what is shown was told last, on Redis' clock. */
  @property({ attribute: false }) updatedAt: number | null = null;
  @property({ type: Boolean }) paused = false;
  /** Redis' clock. */
  @property({ type: Number }) now = 0;

  override render() {
    if (this.status === null) return nothing;
    return html`<span role="status" class=${this.status.state} title=${liveDetail(this.status)}
        ><i></i>${this.paused && this.status.state === "live" ? t("paused") : liveText(this.status)}</span
      >${this.#updated(this.status)}${this.#age(this.status)}`;
  }

  #updated(status: SourceStatus) {
    if (status.state !== "live" || this.updatedAt === null) return nothing;
    return html`<span class="updated"
      >${t("updated {0} ago", formatElapsed(Math.max(0, this.now - this.updatedAt)))}</span
    >`;
  }

  /** Looking regularly finds a finished job only with the next whole look, so its age is part of the numbers. */
  #age(status: SourceStatus) {
    if (status.state !== "live" || status.feed !== "poll" || this.sweptAt === null) return nothing;
    return html`<span
      class="age"
      title=${t("Every key was looked at then; what has ended since is found by the next look.")}
      >${t("finished jobs as of {0} ago", formatElapsed(this.now - this.sweptAt))}</span
    >`;
  }
}
