import { Disposable, LanguageModelTextPart, LanguageModelToolResult, lm } from "vscode";
import type { ModelTools } from "./modelTools";
import { toolProgress } from "./toolProgress";
import { toolNames } from "./toolDefinitions";

/** A token is about so many characters of JSON. */
const charactersPerToken = 3;

/** Gives the tools to the language models of the editor. Forks and older versions have no such thing: nothing is done there. */
export function registerLanguageModelTools(tools: () => Promise<ModelTools>): Disposable {
  if (typeof (lm as Partial<typeof lm> | undefined)?.registerTool !== "function") return new Disposable(() => {});
  return Disposable.from(
    ...toolNames.map((name) =>
      lm.registerTool(name, {
        prepareInvocation: () => ({ invocationMessage: toolProgress(name) }),
        invoke: async ({ input, tokenizationOptions }) => {
          const budget = tokenizationOptions?.tokenBudget;
          const atMost = budget === undefined ? undefined : budget * charactersPerToken;
          const text = await (await tools()).run(name, input, atMost);
          return new LanguageModelToolResult([new LanguageModelTextPart(text)]);
        },
      }),
    ),
  );
}
