import { l10n, Uri, workspace } from "vscode";
import { type Blame, BlameReader } from "../files/blameLine";
import { realPathWithin } from "../files/realPathWithin";
import { workspaceRoots } from "./editor/workspaceRoots";
import type { Session } from "./session";
import { calmAge, count, oneLine, plural } from "./views/texts";

/**
 * Who changed a line last, in words. Asks git only in trusted workspaces, only when somebody wants to know, and only of files of the open folders that are saved: a
 * repository elsewhere, to which a path out of a traceback may lead, is not trusted, and its configuration names programs.
 */
export class LineHistory {
  readonly #reader = new BlameReader();

  constructor(private readonly session: Pick<Session, "redactor">) {}

  /** `line` is 1-based. Null where nothing is known. */
  async of(path: string, line: number): Promise<Blame | null> {
    const real = workspace.isTrusted ? await realPathWithin(path, workspaceRoots()) : null;
    if (real === null) return null;
    const uri = Uri.file(path).toString();
    // Git knows the file on disk, whose lines may stand elsewhere.
    const open = workspace.textDocuments.find((document) => document.uri.toString() === uri);
    const blame = open?.isDirty === true ? null : await this.#reader.read(real, line);
    if (blame?.kind !== "committed") return blame;
    const { redactor } = this.session;
    return { ...blame, author: redactor.text(blame.author), summary: redactor.text(blame.summary) };
  }
}

/** `changed 2 days ago by Jane`. `now`: on our clock, unix ms. */
export function changedText(blame: Blame, now: number): string {
  if (blame.kind === "uncommitted") return l10n.t("changed and not committed yet");
  return l10n.t("changed {0} ago by {1}", longAge(now - blame.at), oneLine(blame.author, 60));
}

/** `changed 2 days ago by Jane, first failure 1 day ago`. `firstFailure`: how long ago, ms. */
export function historyText(blame: Blame, now: number, firstFailure: number): string {
  return l10n.t("{0}, first failure {1} ago", changedText(blame, now), longAge(firstFailure));
}

/** As `calmAge`, but in days from the first on: of what lies so far back, nobody counts hours. */
function longAge(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  return days < 1 ? calmAge(ms) : plural(days, l10n.t("1 day"), l10n.t("{0} days", count(days)));
}
