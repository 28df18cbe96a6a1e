import type { Connections } from "./connections";
import type { HostParts } from "./commands/parts";
import type { FailingLines } from "./editor/failingLines";
import type { LinkHandler } from "./linkHandler";
import type { Models } from "./models/models";
import type { StatusBar } from "./statusBar";
import type { TerminalLinks } from "./terminals/terminalLinks";
import type { TerminalReader } from "./terminals/terminalReader";
import type { Tracebacks } from "./tracebacks";

/**
 * What `activate` returns: the live parts, for the tests of this repository. It is no public API and changes without
 * notice; other extensions cannot rely on it.
 */
export interface ArqApi extends Omit<HostParts, "context"> {
  readonly connections: Connections;
  readonly links: LinkHandler;
  readonly models: Models;
  readonly failingLines: FailingLines;
  readonly statusBar: StatusBar;
  readonly tracebacks: Tracebacks;
  readonly terminals: TerminalReader;
  readonly terminalLinks: TerminalLinks;
  /** How long `activate` took, ms. */
  readonly activationMs: number;
}
