import { type Disposable, type TextDocument, workspace } from "vscode";
import type { DriftWatch } from "../code/driftWatch";
import type { TaskNumbers } from "../code/taskNumbers";
import type { Log } from "../log";
import type { Session } from "../session";
import type { Settings } from "../settings";
import type { CodeSource } from "../code/codeSource";

/** What the features of the editor are made of. */
export interface CodeFeatureParts {
  readonly session: Session;
  readonly settings: Settings;
  readonly tasks: CodeSource;
  readonly numbers: TaskNumbers;
  readonly drift: DriftWatch;
  readonly log: Log;
}

/** CodeLens, hover, completion, definitions and hints in Python files. Nothing of them is loaded, and no source is read, before the first Python file is open. */
export class CodeFeatures implements Disposable {
  #waiting: Disposable | null;
  #providers: Disposable | null = null;
  #disposed = false;

  constructor(private readonly parts: CodeFeatureParts) {
    this.#waiting = workspace.onDidOpenTextDocument((document) => isPython(document) && this.#begin());
    if (workspace.textDocuments.some(isPython)) this.#begin();
  }

  dispose(): void {
    this.#disposed = true;
    this.#waiting?.dispose();
    this.#providers?.dispose();
  }

  #begin(): void {
    this.#waiting?.dispose();
    this.#waiting = null;
    import("./codeProviders").then(
      ({ registerCodeProviders }) => {
        if (!this.#disposed) this.#providers = registerCodeProviders(this.parts);
      },
      (error: unknown) => this.parts.log.error(`Code features: ${String(error)}`),
    );
  }
}

function isPython({ languageId, uri }: TextDocument): boolean {
  return languageId === "python" && uri.scheme === "file";
}
