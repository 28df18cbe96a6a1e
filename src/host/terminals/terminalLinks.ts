import { commands, type Disposable, l10n, TerminalLink, window, workspace } from "vscode";
import type { FrameToFind } from "../../files/sourceLookup";
import { type FrameSpan, frameSpans, jobSpans, type LineSpan } from "../../python/lineLinks";
import type { FrameOpener } from "../editor/openFrame";
import type { Session } from "../session";
import type { Tracebacks } from "../tracebacks";
import { oneLine } from "../views/texts";

/** A link of ours, with what it leads to. */
class ArqLink extends TerminalLink {
  constructor(
    { start, length }: LineSpan,
    tooltip: string,
    readonly target: { readonly frame: FrameToFind } | { readonly jobId: string },
  ) {
    super(start, length, tooltip);
  }
}

/**
 * Links in every terminal, those of tasks and those whose output cannot be read included: frames of tracebacks whose path leads to a file of this workspace,
 * and jobs. A frame leads to where its line stands now, as far as it is known what was printed of it: a terminal tells a line alone. A path that is right as it stands is
 * VS Code's to link.
 */
export class TerminalLinks implements Disposable {
  readonly #registration: Disposable;

  constructor(
    private readonly session: Pick<Session, "monitor">,
    private readonly frames: Pick<FrameOpener, "locate" | "open">,
    private readonly heard: readonly Pick<Tracebacks, "printed">[],
  ) {
    this.#registration = window.registerTerminalLinkProvider({
      provideTerminalLinks: ({ line }) => this.links(line),
      handleTerminalLink: (link) => this.follow(link),
    });
  }

  /** The links of one line, as VS Code asks for them when the mouse comes to it. */
  async links(line: string): Promise<TerminalLink[]> {
    const { monitor } = this.session;
    const jobs = jobSpans(line, (id) => (monitor?.row(id) ?? null) !== null);
    const frames = await Promise.all(frameSpans(line).map((span) => this.#frameLink(span)));
    const tooltip = l10n.t("Open the job in ARQ Monitor");
    return [...frames.flatMap((link) => link ?? []), ...jobs.map((span) => new ArqLink(span, tooltip, span))];
  }

  async follow(link: TerminalLink): Promise<void> {
    if (!(link instanceof ArqLink)) return;
    if ("frame" in link.target) await this.frames.open(link.target.frame, false);
    else await commands.executeCommand("arq.openJob", link.target.jobId);
  }

  dispose(): void {
    this.#registration.dispose();
  }

  async #frameLink(span: FrameSpan): Promise<ArqLink | null> {
    const source = this.heard.map((each) => each.printed(span.frame)).find((printed) => printed !== null) ?? null;
    const frame = { ...span.frame, source };
    const [best, ...others] = await this.frames.locate(frame);
    if (best === undefined || (best.how === "path" && best.text !== "moved")) return null;
    const file = oneLine(workspace.asRelativePath(best.path), 120);
    const tooltip =
      others.length === 0
        ? l10n.t("Open {0}, line {1}", file, best.line)
        : l10n.t("Open {0}, line {1}, or another file that fits", file, best.line);
    return new ArqLink(span, tooltip, { frame });
  }
}
