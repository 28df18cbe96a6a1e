import { homedir } from "node:os";
import { extensions, Uri, workspace } from "vscode";
import { findEnvironments } from "../../files/pythonEnvironments";
import { localFolder } from "../../python/launchMappings";
import type { Log } from "../log";
import { settingVariables, workspaceRoots } from "./workspaceRoots";

/** What we use of ms-python.python (its `PythonExtension` API): a folder, or a `python`. */
interface PythonExtensionApi {
  readonly environments?: {
    getActiveEnvironmentPath?(resource?: Uri): { readonly path?: unknown } | undefined;
  };
}

/** What we use of ms-python.vscode-python-envs (its `PythonEnvironmentApi`). */
interface PythonEnvironmentsApi {
  getEnvironment?(scope: Uri | undefined): Promise<{ readonly sysPrefix?: unknown } | undefined>;
}

/** What was found serves this long, ms. */
const freshMs = 10_000;
/** Another extension that does not answer must not keep a frame from opening. Ms. */
const patienceMs = 3000;

/** The Python environments of the workspace: the chosen ones first, then those that lie there. Runs no Python. */
export class PythonEnvironment {
  #read: { readonly at: number; readonly found: Promise<readonly string[]> } | null = null;

  constructor(private readonly log: Log) {}

  async all(): Promise<readonly string[]> {
    const now = performance.now();
    if (this.#read === null || now - this.#read.at > freshMs) this.#read = { at: now, found: this.#find() };
    return this.#read.found;
  }

  forget(): void {
    this.#read = null;
  }

  async #find(): Promise<string[]> {
    const roots = workspaceRoots();
    const scopes = roots.length === 0 ? [undefined] : roots.map((root) => Uri.file(root));
    const chosen = (await Promise.all(scopes.map((scope) => this.#chosen(scope)))).flat();
    const found = await findEnvironments(roots, { home: homedir(), variables: process.env });
    return [...new Set([...chosen, ...setInterpreters(), ...found])];
  }

  async #chosen(scope: Uri | undefined): Promise<string[]> {
    const asked = [this.#ofEnvironmentsExtension(scope), this.#ofPythonExtension(scope)];
    const answers = await Promise.all(asked.map((answer) => this.#inTime(answer)));
    return answers.flatMap((path) => (typeof path === "string" && path !== "" ? [path] : []));
  }

  async #ofEnvironmentsExtension(scope: Uri | undefined): Promise<unknown> {
    const api = await extensions
      .getExtension<PythonEnvironmentsApi | undefined>("ms-python.vscode-python-envs")
      ?.activate();
    return (await api?.getEnvironment?.(scope))?.sysPrefix;
  }

  async #ofPythonExtension(scope: Uri | undefined): Promise<unknown> {
    const api = await extensions.getExtension<PythonExtensionApi | undefined>("ms-python.python")?.activate();
    return api?.environments?.getActiveEnvironmentPath?.(scope)?.path;
  }

  async #inTime(answer: Promise<unknown>): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<null>((done) => (timer = setTimeout(done, patienceMs, null)));
      return await Promise.race([answer, late]);
    } catch (error) {
      this.log.debug(`The Python extension does not tell its environment: ${String(error)}`);
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** `python.defaultInterpreterPath`, which may also be set where the Python extension is not installed. */
function setInterpreters(): string[] {
  if (!workspace.isTrusted) return [];
  return settingVariables().flatMap((variables) => {
    const value: unknown = workspace
      .getConfiguration("python", Uri.file(variables.folder))
      .get("defaultInterpreterPath");
    // A bare `python` is the one on the PATH, which is looked at anyway.
    if (typeof value !== "string" || !/[\\/]/.test(value)) return [];
    const path = localFolder(value, variables);
    return path === null ? [] : [path];
  });
}
