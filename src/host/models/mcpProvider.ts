import * as vscode from "vscode";
import type { Log } from "../log";
import type { McpServer } from "./mcpServer";

/** What VS Code has since 1.101 (`lm.registerMcpServerDefinitionProvider`); the types here are those of 1.95, the oldest version that is supported. */
interface McpApi {
  readonly lm: {
    readonly registerMcpServerDefinitionProvider?: (id: string, provider: McpProvider) => vscode.Disposable;
  };
  readonly McpHttpServerDefinition?: new (
    label: string,
    uri: vscode.Uri,
    headers: Readonly<Record<string, string>>,
    version: string,
  ) => object;
}
interface McpProvider {
  provideMcpServerDefinitions(): readonly object[];
  resolveMcpServerDefinition(definition: object): Promise<object>;
}

/** As in package.json. */
export const mcpProviderId = "arq.models";

/** Tells the editor of the MCP server, where the editor knows such a thing. The server is started when the user has the editor start it, not before. */
export function registerMcpProvider(server: () => Promise<McpServer>, version: string, log: Log): vscode.Disposable {
  const { lm, McpHttpServerDefinition: Definition } = vscode as unknown as McpApi;
  const register = (lm as McpApi["lm"] | undefined)?.registerMcpServerDefinitionProvider;
  if (register === undefined || Definition === undefined) return new vscode.Disposable(() => {});
  try {
    return register(mcpProviderId, {
      // No port is open before it is resolved, so none can be named.
      provideMcpServerDefinitions: () => [
        new Definition("ARQ Monitor", vscode.Uri.parse("http://127.0.0.1/mcp"), {}, version),
      ],
      resolveMcpServerDefinition: async () => {
        const { url, headers } = await (await server()).address();
        return new Definition("ARQ Monitor", vscode.Uri.parse(url), headers, version);
      },
    });
  } catch (error) {
    // A fork that has the name but not the thing.
    log.warn(`No MCP server is offered: ${String(error)}`);
    return new vscode.Disposable(() => {});
  }
}
