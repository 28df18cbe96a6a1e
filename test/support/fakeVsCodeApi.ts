/**
 * Runs inside the page before its own scripts (so it may use nothing from outside itself): what VS Code puts around a webview. Sets the theme as
 * VS Code does, gives out the API object once, and reports what the Content Security Policy refuses.
 */
export function fakeVsCodeApi(json: string): void {
  interface Theme {
    bodyClass: string;
    variables: Record<string, string>;
  }
  interface Surroundings {
    document: {
      readyState: string;
      documentElement: { style: { setProperty(name: string, value: string): void; cssText: string } };
      body: { className: string } | null;
      addEventListener(type: string, listener: (event: never) => void): void;
    };
    postToTestHost(message: unknown): void;
    rememberInTest(state: unknown): void;
    complainToTest(complaint: string): void;
    setTestTheme?: (json: string) => void;
    acquireVsCodeApi?: () => unknown;
  }
  const here = globalThis as unknown as Surroundings;
  const { theme, remembered } = JSON.parse(json) as { theme: Theme; remembered: unknown };

  const apply = (next: Theme) => {
    const { style } = here.document.documentElement;
    style.cssText = "";
    for (const [name, value] of Object.entries(next.variables)) style.setProperty(name, value);
    style.setProperty("background-color", next.variables["--vscode-editor-background"] ?? "");
    if (here.document.body !== null) here.document.body.className = next.bodyClass;
  };
  here.setTestTheme = (text) => apply(JSON.parse(text) as Theme);
  here.document.addEventListener("readystatechange", () => apply(theme));
  here.document.addEventListener(
    "securitypolicyviolation",
    (event: { violatedDirective: string; blockedURI: string; sample: string }) =>
      here.complainToTest(`refused by policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
  );

  let state = remembered;
  let given = false;
  here.acquireVsCodeApi = () => {
    if (given) throw new Error("An instance of the VS Code API has already been acquired");
    given = true;
    return {
      postMessage: (message: unknown) => here.postToTestHost(JSON.parse(JSON.stringify(message))),
      getState: () => state,
      setState: (next: unknown) => {
        state = next;
        here.rememberInTest(next);
      },
    };
  };
}
