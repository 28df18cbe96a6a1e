import type { FunctionStats } from "../../monitor/model";

/** What the tab Functions asks. */
export type FunctionsIntent = Readonly<Record<string, never>>;

export interface FunctionsView {
  readonly functions: readonly FunctionStats[];
}
