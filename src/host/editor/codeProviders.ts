import { Disposable, languages } from "vscode";
import type { CodeFeatureParts } from "./codeFeatures";
import { CodeHints } from "./codeHints";
import { CodeHover } from "./codeHover";
import { EnqueueNames } from "./enqueueNames";
import { JoinedTasks } from "./joinedTasks";
import { TaskLenses } from "./taskLenses";

const pythonFiles = { language: "python", scheme: "file" } as const;

/** Registers everything that shows in Python files. */
export function registerCodeProviders(parts: CodeFeatureParts): Disposable {
  const { tasks, numbers } = parts;
  const joined = new JoinedTasks(numbers);
  const lenses = new TaskLenses({ ...parts, joined });
  const hints = new CodeHints(parts);
  const names = new EnqueueNames(tasks, numbers);
  return Disposable.from(
    languages.registerCodeLensProvider(pythonFiles, lenses),
    languages.registerHoverProvider(pythonFiles, new CodeHover({ ...parts, joined })),
    languages.registerDefinitionProvider(pythonFiles, names),
    languages.registerCompletionItemProvider(pythonFiles, names, '"', "'"),
    languages.registerCodeActionsProvider(pythonFiles, hints, { providedCodeActionKinds: CodeHints.actions }),
    lenses,
    hints,
  );
}
