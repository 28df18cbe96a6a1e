import type { CommandArguments, CommandId, DashboardArgument, FrameTarget } from "../contributions/commands";
import type { ItemContext } from "../contributions/views";

/** One row of a tree as data: built without VS Code, compared as JSON, so that only rows that changed are drawn again. */
export interface ViewNode {
  /** Unique in its tree and the same from refresh to refresh: selection and expansion hang on it. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Plain text: it may hold text from Redis, which must not become Markdown. */
  readonly tooltip?: string;
  /** A product icon and a theme colour. */
  readonly icon?: { readonly id: string; readonly color?: string };
  readonly context?: ItemContext;
  readonly command?: NodeCommand;
  readonly expandable?: "collapsed" | "expanded";
  /** What a screen reader says instead of label and description. */
  readonly spoken?: string;
  readonly jobId?: string;
  readonly frame?: FrameTarget;
  readonly errorText?: string;
  /** Of the queue or worker as it is in Redis. */
  readonly name?: string;
  /** Key of the error group. */
  readonly groupKey?: string;
  /** Where "Open in Dashboard" leads. */
  readonly dashboard?: DashboardArgument;
}

export type NodeCommand = {
  readonly [K in CommandId]: { readonly id: K; readonly title: string; readonly arguments: CommandArguments[K] };
}[CommandId];

export type Rows = readonly ViewNode[];

/** What a tree shows. */
export interface TreeModel {
  roots(): Rows | Promise<Rows>;
  /** The rows below this one as far as the index tells them; null when they must be asked for. */
  known(node: ViewNode): Rows | Promise<Rows> | null;
  /** Asks for them (Redis, a file). Called only when the row is opened and `known` answered null. */
  ask?(node: ViewNode): Promise<Rows>;
  /** More rows below the row of this id from now on; "" stands for the top. */
  showMore?(parent: string): void;
}

/** A name from Redis as one step of a node's id: whatever it holds, it cannot look like another step. */
export function idStep(name: string): string {
  return name.replaceAll("%", "%25").replaceAll("/", "%2F");
}

/** Nodes that explain themselves: empty and broken states are never just nothing. */
export function messageNode(id: string, label: string, options: Partial<ViewNode> = {}): ViewNode {
  return { icon: { id: "info" }, ...options, id, label };
}
