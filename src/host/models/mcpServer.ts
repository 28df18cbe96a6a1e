import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "../../monitor/ports";
import { mcpReply, mcpVersions, type ToolRunner, unreadable } from "./mcpProtocol";

/** A message names a tool and a job: a longer one is none. */
const longestBody = 256 * 1024;
/** Who sends more than this has the connection closed. */
const mostDrained = 16 * 1024 * 1024;

/** The window of VS Code itself, in which no page of anybody else runs. */
const editorOrigin = "vscode-file://vscode-app";

/** Where a client finds the server, and what it has to bring. */
export interface McpAddress {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The tools over the Model Context Protocol's "streamable HTTP", for clients on this machine that were handed its token: a random port of the loopback interface,
 * and one reply to each POST. Written here and not taken from the official SDK, which brings 98 packages (29 MB, an express and a hono among them) for the three
 * methods that a server of tools needs; as a process of its own over stdio it would need its own connection to Redis, and the password with it.
 */
export class McpServer {
  readonly #token = randomBytes(32).toString("hex");
  #listening: Promise<Server> | null = null;

  constructor(
    private readonly tools: ToolRunner,
    private readonly version: string,
    private readonly logger: Pick<Logger, "info" | "warn">,
  ) {}

  /** Starts listening with the first call. */
  async address(): Promise<McpAddress> {
    this.#listening ??= this.#listen();
    const { port } = (await this.#listening).address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/mcp`, headers: { Authorization: `Bearer ${this.#token}` } };
  }

  /** Resolves when nothing listens any more. */
  async close(): Promise<void> {
    const listening = this.#listening;
    this.#listening = null;
    const server = await listening?.catch(() => null);
    if (!server) return;
    server.closeAllConnections();
    await new Promise<void>((done) => server.close(() => done()));
  }

  #listen(): Promise<Server> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        this.logger.warn(`MCP: ${error instanceof Error ? error.message : String(error)}`);
        end(response, 500);
      });
    });
    server.headersTimeout = 10_000;
    server.requestTimeout = 30_000;
    server.maxConnections = 20;
    // What is open keeps no window from closing.
    server.unref();
    return new Promise((done, fail) => {
      server.once("error", (error) => {
        this.#listening = null;
        fail(error);
      });
      server.listen(0, "127.0.0.1", () => {
        this.logger.info("The tools for language models are served to MCP clients of this editor.");
        done(server);
      });
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A page in a browser can reach this port, also by a name that it has resolved to 127.0.0.1: it says so by its Origin or that name.
    const { origin, host } = request.headers;
    const { port } = request.socket.address() as AddressInfo;
    if ((origin !== undefined && origin !== editorOrigin) || host !== `127.0.0.1:${port}`) return end(response, 403);
    if (!this.#isAuthorized(request.headers.authorization)) return end(response, 401, { "WWW-Authenticate": "Bearer" });
    if (request.url !== "/mcp") return end(response, 404);
    if (request.method !== "POST") return end(response, 405, { Allow: "POST" });
    const spoken = request.headers["mcp-protocol-version"];
    if (spoken !== undefined && !mcpVersions.some((each) => each === spoken)) return end(response, 400);
    const body = await bodyOf(request);
    if (body === null) return end(response, 413);
    let message: unknown;
    try {
      message = JSON.parse(body);
    } catch {
      return json(response, 400, unreadable());
    }
    const reply = await mcpReply(message, this.tools, this.version);
    return reply === null ? end(response, 202) : json(response, 200, reply);
  }

  #isAuthorized(given: string | undefined): boolean {
    const wanted = Buffer.from(`Bearer ${this.#token}`);
    const brought = Buffer.from(given ?? "");
    return brought.length === wanted.length && timingSafeEqual(brought, wanted);
  }
}

/** The body; null where it is too long. Then the rest is taken and forgotten: who still sends would see the connection end, and not the answer. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostDrained) return null;
    if (length <= longestBody) chunks.push(chunk);
    else chunks.length = 0;
  }
  return length > longestBody ? null : Buffer.concat(chunks).toString("utf8");
}

function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(status, headers).end();
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" })
    .end(JSON.stringify(body));
}
