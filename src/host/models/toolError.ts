/** Something that a model is told instead of an answer, in words that say what to do next. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}
