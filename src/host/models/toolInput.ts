import { groupsAtMost, groupsUsually } from "./toolDefinitions";
import { ToolError } from "./toolError";

/** What a model asks for, checked: over MCP nobody has held it against the schema before. */
export interface GroupsInput {
  readonly function: string | null;
  readonly queue: string | null;
  readonly limit: number;
}

const longestText = 1000;

export function groupsInput(input: unknown): GroupsInput {
  const { function: name, queue, limit } = fields(input, ["function", "queue", "limit"]);
  if (limit !== undefined && (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1))
    throw new ToolError(`"limit" must be a whole number from 1 to ${groupsAtMost}.`);
  return {
    function: optionalText(name, "function"),
    queue: optionalText(queue, "queue"),
    limit: Math.min(limit ?? groupsUsually, groupsAtMost),
  };
}

export function jobInput(input: unknown): { readonly id: string } {
  const id = optionalText(fields(input, ["id"]).id, "id");
  if (id === null) throw new ToolError('Give the "id" of a job. arq_list_failed_groups tells ids of failed jobs.');
  return { id };
}

export function noInput(input: unknown): void {
  fields(input, []);
}

function fields<const K extends string>(input: unknown, known: readonly K[]): { readonly [N in K]?: unknown } {
  if (input === undefined || input === null) return {};
  if (typeof input !== "object" || Array.isArray(input)) throw new ToolError("The input must be an object.");
  const other = Object.keys(input).find((key) => !known.some((name) => name === key));
  if (other !== undefined)
    throw new ToolError(
      `There is no input ${JSON.stringify(other.slice(0, 50))}. Known: ${known.join(", ") || "none"}.`,
    );
  return input;
}

function optionalText(value: unknown, name: string): string | null {
  if (value === undefined || value === null || value === "") return null;
  if (typeof value !== "string" || value.length > longestText)
    throw new ToolError(`"${name}" must be a text of at most ${longestText} characters.`);
  return value;
}
