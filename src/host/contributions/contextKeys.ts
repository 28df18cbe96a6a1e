/** What the sidebar can say at all; `when` clauses and welcome views hang on it. */
export type SessionState = "unconfigured" | "untrusted" | "connecting" | "down" | "empty" | "live";

/** The first look at everything: `done` also while there is nothing to look at. */
export type Indexing = "running" | "paused" | "done";

/** Every context key that `when` clauses may use, with its values. */
export interface ContextKeyTypes {
  "arq.state": SessionState;
  /** Usable entries of `arq.connections`. */
  "arq.connectionCount": number;
  "arq.indexing": Indexing;
  /** The switch that hides arguments and results is on. */
  "arq.valuesHidden": boolean;
  /** A traceback is stepped through. */
  "arq.tracebackCurrent": boolean;
}
export type ContextKey = keyof ContextKeyTypes;

/** Example values by key: the contributions test reads the names, and the values a `when` may compare with. */
export const contextKeys: { readonly [K in ContextKey]: readonly ContextKeyTypes[K][] } = {
  "arq.state": ["unconfigured", "untrusted", "connecting", "down", "empty", "live"],
  "arq.connectionCount": [0, 1],
  "arq.indexing": ["running", "paused", "done"],
  "arq.valuesHidden": [true, false],
  "arq.tracebackCurrent": [true, false],
};
