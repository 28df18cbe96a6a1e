/** What of VS Code's own command line a test run uses. */
export interface LaunchArguments {
  readonly folder: string | null;
  /** One or more: test-electron names each. */
  readonly extensionDevelopmentPaths: readonly string[];
  readonly extensionTestsPath: string;
  readonly userDataDir: string | null;
  readonly disableWorkspaceTrust: boolean;
}

/** Reads VS Code's arguments as `@vscode/test-electron` passes them. Unknown switches are VS Code's business and ignored. */
export function parseLaunchArguments(args: readonly string[]): LaunchArguments {
  const values = new Map<string, string>();
  const extensionDevelopmentPaths: string[] = [];
  let folder: string | null = null;
  for (const arg of args) {
    const match = /^--([\w-]+)(?:=(.*))?$/s.exec(arg);
    if (match?.[1] === "extensionDevelopmentPath" && match[2]) extensionDevelopmentPaths.push(match[2]);
    if (match?.[1] !== undefined) values.set(match[1], match[2] ?? "");
    else folder ??= arg;
  }
  const needed = (name: string): string => {
    const value = values.get(name);
    if (!value) throw new Error(`The argument --${name}=<path> is missing.`);
    return value;
  };
  needed("extensionDevelopmentPath");
  return {
    folder,
    extensionDevelopmentPaths,
    extensionTestsPath: needed("extensionTestsPath"),
    userDataDir: values.get("user-data-dir") || null,
    disableWorkspaceTrust: values.has("disable-workspace-trust"),
  };
}
