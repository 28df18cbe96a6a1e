import { commands, l10n, languages, Uri, ViewColumn, window, workspace, type Disposable } from "vscode";
import {
  type DeployedFile,
  deployedText,
  type DeployedFound,
  findDeployed,
  isCommit,
  todayOf,
} from "../../files/deployedSource";
import { isWithin } from "../../files/realPathWithin";
import { assertNever } from "../../python/assertNever";
import { standingLine } from "../../python/movedLine";
import type { FrameTarget } from "../contributions/commands";
import type { Settings } from "../settings";
import { oneLine } from "../views/texts";
import { documentText } from "./documentText";
import { type FrameOpener, frameOf, reveal } from "./openFrame";
import { workspaceRoots } from "./workspaceRoots";

/** Of the files as they were deployed. Read-only: VS Code asks a provider for their text. */
export const deployedScheme = "arq-deployed";

/** Where a frame is shown as it was deployed. */
interface Shown {
  readonly uri: Uri;
  readonly file: DeployedFile;
  readonly line: number;
  /** Today's file; null where it is gone. */
  readonly today: string | null;
  /** Today's file is where the frame leads. */
  readonly located: boolean;
}

/** Frames as they were deployed: the file at the commit that ran, beside today's, and the difference between the two. Only in trusted workspaces. */
export class DeployedFrames implements Disposable {
  readonly #subscription: Disposable;
  /** Repositories that frames were found in. Git tells them by their real paths, which the open folders may lead to by links. */
  readonly #tops = new Set<string>();

  constructor(
    private readonly frames: FrameOpener,
    private readonly settings: Settings,
  ) {
    this.#subscription = workspace.registerTextDocumentContentProvider(deployedScheme, {
      provideTextDocumentContent: (uri) => this.#textOf(uri),
    });
  }

  /** Opens today's file and, beside it, the file of the commit at the line that ran. Without a frame, that of the current traceback. */
  async open(target?: FrameTarget): Promise<void> {
    const wanted = this.#wanted(target);
    const { uri, line, today, located } = await this.#find(wanted);
    if (located) await this.frames.open(wanted, false);
    else if (today !== null) {
      const text = await documentText(today);
      await reveal(today, text === null ? wanted.line : standingLine(text, frameOf(wanted)).line, false);
    }
    const editor = await reveal(uri, line, today !== null);
    if (editor.document.languageId !== "python") await languages.setTextDocumentLanguage(editor.document, "python");
  }

  /** The file of the commit on the left, today's on the right. Without a frame, for the deployed file that is in front. */
  async compare(target?: FrameTarget): Promise<void> {
    const active = window.activeTextEditor;
    const shown = target === undefined && active !== undefined ? readUri(active.document.uri) : null;
    if (shown !== null && active !== undefined) {
      this.#allow(shown.top);
      await showDifference(active.document.uri, shown, await todayOf(shown), active.selection.active.line + 1);
      return;
    }
    const { uri, file, line, today } = await this.#find(this.#wanted(target));
    await showDifference(uri, file, today, line);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #textOf(uri: Uri): Promise<string> {
    const file = readUri(uri);
    if (file === null) throw new Error(l10n.t("This is no address of a deployed file."));
    this.#allow(file.top);
    const text = await deployedText(file);
    if (text !== null) return text;
    throw new Error(l10n.t("Commit {0} has no file {1}.", file.commit.slice(0, 8), oneLine(file.path, 100)));
  }

  /** Any extension can ask for any such address, so git is run in no other place than the repositories of the open folders. */
  #allow(top: string): void {
    const near = workspaceRoots().some((root) => isWithin(top, root) || isWithin(root, top));
    if (!workspace.isTrusted || !(near || this.#tops.has(top)))
      throw new Error(l10n.t("This file belongs to a repository that is not open here, or not trusted."));
  }

  #wanted(target: FrameTarget | undefined): FrameTarget {
    const wanted = target ?? this.frames.traceback.target;
    if (wanted === null) throw new Error(l10n.t("Open a frame of a traceback first."));
    return wanted;
  }

  /** Throws, in words for people, where it cannot be shown. */
  async #find(target: FrameTarget): Promise<Shown> {
    if (!workspace.isTrusted) throw new Error(l10n.t("Git is asked only in workspaces that you trust."));
    const release = target.step?.stack.release ?? null;
    const commit = this.settings.get("arq.source.commit").trim();
    const releases = [release, commit].filter((name): name is string => name !== null && name !== "");
    if (releases.length === 0)
      throw new Error(
        l10n.t(
          "What was deployed is not known. An instrumented worker writes its release into results; or name a commit, tag or branch in the setting arq.source.commit.",
        ),
      );
    const frame = frameOf(target);
    const [located] = await this.frames.locate(frame);
    const found = await findDeployed(workspaceRoots(), releases, frame, located?.path ?? null);
    if (!found.ok) throw new Error(whyNot(found, releases.map((name) => oneLine(name, 60)).join(", "), frame.file));
    const { line } = standingLine(found.text, frame);
    const { file } = found;
    this.#tops.add(file.top);
    return {
      uri: deployedUri(file),
      file,
      line,
      today: found.today ?? located?.path ?? null,
      located: located !== undefined,
    };
  }
}

function whyNot(failure: Exclude<DeployedFound, { ok: true }>, releases: string, file: string): string {
  switch (failure.reason) {
    case "noGit":
      return l10n.t("Git is not installed here, so what was deployed cannot be shown.");
    case "notRepository":
      return l10n.t("The open folders are in no git repository, so what was deployed cannot be shown.");
    case "slow":
      return l10n.t("Git took too long to answer.");
    case "noRevision":
      return failure.shallow
        ? l10n.t(
            "{0} is not in this repository, which is a shallow clone: `git fetch --unshallow --tags` may bring it.",
            releases,
          )
        : l10n.t(
            "{0} is no commit, tag or branch of this repository. If it is newer than your last fetch, fetch and try again.",
            releases,
          );
    case "noFile":
      return l10n.t("Commit {0} has no file like {1}.", failure.commit.slice(0, 8), oneLine(file, 100));
    default:
      return assertNever(failure);
  }
}

/** The commit stands in the path, so that the tab and its hover tell it. */
function deployedUri(file: DeployedFile): Uri {
  return Uri.from({
    scheme: deployedScheme,
    path: `/${file.commit.slice(0, 8)}/${file.path}`,
    query: JSON.stringify(file),
  });
}

/** Null for what is not ours, or was not made by us. */
function readUri(uri: Uri): DeployedFile | null {
  if (uri.scheme !== deployedScheme) return null;
  try {
    const { top, commit, path } = JSON.parse(uri.query) as Partial<Record<keyof DeployedFile, unknown>>;
    if (typeof top !== "string" || typeof commit !== "string" || typeof path !== "string" || !isCommit(commit))
      return null;
    return { top, commit, path };
  } catch {
    return null;
  }
}

async function showDifference(deployed: Uri, file: DeployedFile, today: string | null, line: number): Promise<void> {
  const name = file.path.split("/").at(-1) ?? file.path;
  if (today === null)
    throw new Error(
      l10n.t("{0} is gone since commit {1}: there is nothing to compare with.", file.path, file.commit.slice(0, 8)),
    );
  await commands.executeCommand(
    "vscode.diff",
    deployed,
    Uri.file(today),
    l10n.t("{0}: deployed ({1}) ↔ today", name, file.commit.slice(0, 8)),
    { preview: true, viewColumn: ViewColumn.Active },
  );
  // The line that ran is the deployed one's; the editor of the difference has today's text in front.
  const active = window.activeTextEditor;
  if (active === undefined) return;
  const at = active.document.lineAt(Math.min(line, active.document.lineCount) - 1).range.start;
  active.revealRange(active.document.validateRange(active.selection.with(at, at)));
}
