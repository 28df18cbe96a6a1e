import { CodeLens, type CodeLensProvider, l10n, Range, type TextDocument } from "vscode";
import type { ScriptRuns } from "./scriptRuns";

/** What starts a script, above its first line. */
export class ScratchLens implements CodeLensProvider {
  constructor(private readonly runs: Pick<ScriptRuns, "knows">) {}

  provideCodeLenses({ uri }: TextDocument): CodeLens[] {
    if (!this.runs.knows(uri.fsPath)) return [];
    return [
      new CodeLens(new Range(0, 0, 0, 0), {
        title: l10n.t("$(debug-alt) Start Debugging"),
        command: "arq.startDebugScript",
        arguments: [uri.fsPath],
      }),
    ];
  }
}
