import { Disposable } from "vscode";
import type { Log } from "../log";
import { registerLanguageModelTools } from "./languageModelTools";
import { registerMcpProvider } from "./mcpProvider";
import type { McpServer } from "./mcpServer";
import type { ModelParts, ModelTools } from "./modelTools";

/** What language models get to read, by both of the ways that the editor has for it. What does the work is loaded when a model asks first. */
export class Models implements Disposable {
  #tools: Promise<ModelTools> | null = null;
  #server: Promise<McpServer> | null = null;
  readonly #registered: Disposable;

  constructor(
    private readonly parts: ModelParts,
    private readonly version: string,
    private readonly log: Log,
  ) {
    this.#registered = Disposable.from(
      registerLanguageModelTools(() => this.tools()),
      registerMcpProvider(() => this.server(), version, log),
    );
  }

  tools(): Promise<ModelTools> {
    this.#tools ??= import("./modelTools").then(({ ModelTools }) => new ModelTools(this.parts));
    return this.#tools;
  }

  /** Not listening before its address is asked for. */
  server(): Promise<McpServer> {
    this.#server ??= Promise.all([this.tools(), import("./mcpServer")]).then(
      ([tools, { McpServer }]) => new McpServer(tools, this.version, this.log),
    );
    return this.#server;
  }

  dispose(): void {
    this.#registered.dispose();
    void this.#server?.then((server) => server.close());
  }
}
