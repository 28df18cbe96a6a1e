import { l10n } from "vscode";
import { assertNever } from "../../python/assertNever";
import type { NoFile } from "../../python/framePath";
import { oneLine } from "../views/texts";

/** Why code that ran has no file, in words. */
export function noFileText(file: string, why: NoFile): string {
  const name = oneLine(file, 80);
  switch (why) {
    case "notebook":
      return l10n.t(
        "{0} is a cell of a notebook: the traceback does not say which notebook, so there is no file to open.",
        name,
      );
    case "typed":
      return l10n.t("{0} was typed at a Python prompt: there is no file to open.", name);
    case "generated":
      return l10n.t(
        "{0} is code that was made while the program ran (exec, eval, python -c, or a library that writes methods): there is no file to open.",
        name,
      );
    case "frozen":
      return l10n.t(
        "{0} is a part of Python that is built into the interpreter. No Python with its standard library was found here to show it.",
        name,
      );
    case "nothing":
      return l10n.t("The traceback names no file for this frame.");
    default:
      return assertNever(why);
  }
}
