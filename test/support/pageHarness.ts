import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { chromium, type Browser, type Page } from "playwright-core";
import { translations } from "../../src/host/panels/translations";
import type { HostToPage, PageToHost } from "../../src/protocol/channel";
import { fakeVsCodeApi } from "./fakeVsCodeApi";
import { repositoryRoot } from "./repositoryRoot";
import { chromiumPart, ensureSystemPart } from "./systemParts";
import { webviewThemes, type ThemeName } from "./webviewThemes";

export type PageName = "dashboard" | "job";

/** What the product's host allows its pages, with this server in the place of VS Code's resource origin. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  // The hash is that of the empty style element which the toolkit adds.
  "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
  "font-src 'self'",
  "img-src 'self' data:",
].join("; ");

/** Answers of the pretended host, by name of request. Throwing is answered as a failure, as the real host does. */
export type Answers = Readonly<Record<string, (params: never) => unknown>>;

export interface OpenOptions {
  readonly answers: Answers;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** What `getState` answers: the intent of an earlier life. */
  readonly remembered?: unknown;
  /** Another language than English, with its texts as VS Code gives them to the host. */
  readonly spoken?: { readonly language: string; readonly bundle: Readonly<Record<string, string>> };
}

/** One page in Chromium with a pretended host behind it. */
export class OpenedPage {
  /** Every request of the page, oldest first. */
  readonly requests: PageToHost[] = [];
  /** Errors of the page's scripts and everything the policy refused. Empty on a good page. */
  readonly complaints: string[] = [];
  /** What the page stored last with `setState`. */
  remembered: unknown = undefined;
  #closed = false;

  constructor(
    readonly page: Page,
    private readonly answers: Answers,
  ) {
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
  }

  /** Params of the requests of this name. */
  asked(name: string): unknown[] {
    return this.requests.filter((request) => request.name === name).map((request) => request.params);
  }

  async notify(name: string, params: unknown): Promise<void> {
    await this.#deliver({ kind: "notification", name, params });
  }

  async setTheme(theme: ThemeName): Promise<void> {
    await this.page.evaluate(
      (json) => (globalThis as unknown as { setTestTheme(json: string): void }).setTestTheme(json),
      JSON.stringify(webviewThemes[theme]),
    );
  }

  async hear(message: PageToHost): Promise<void> {
    this.requests.push(message);
    const answer = this.answers[message.name];
    try {
      if (answer === undefined) throw new Error(`unknown request "${message.name}"`);
      await this.#deliver({ kind: "reply", id: message.id, result: await answer(message.params as never) });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      // A page that is being closed waits for no answer.
      if (!this.#closed) await this.#deliver({ kind: "failure", id: message.id, message: text });
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.page.context().close();
  }

  async #deliver(message: HostToPage): Promise<void> {
    // As JSON, because that is what survives between a real host and its page.
    await this.page.evaluate((json) => {
      const { MessageEvent, window } = globalThis as unknown as {
        MessageEvent: new (type: string, init: { data: unknown }) => unknown;
        window: { dispatchEvent(event: unknown): void };
      };
      window.dispatchEvent(new MessageEvent("message", { data: JSON.parse(json) }));
    }, JSON.stringify(message));
  }
}

/** Builds the pages from source and shows them in Chromium under the product's policy. `close` ends the browser and the server. */
export class PageHarness {
  private constructor(
    private readonly server: Server,
    private readonly browser: Browser,
    /** Bytes of each minified script, by its name. */
    readonly sizes: Readonly<Record<string, number>>,
  ) {}

  static async start(): Promise<PageHarness> {
    const scripts = await buildPages();
    const server = createServer((request, response) => {
      const path = request.url ?? "/";
      const script = scripts.get(path);
      const page = /^\/(dashboard|job)$/.exec(path)?.[1];
      if (script !== undefined) response.writeHead(200, { "content-type": "text/javascript" }).end(script);
      else if (path === "/vscode.css") response.writeHead(200, { "content-type": "text/css" }).end(vsCodeStyles);
      else if (page !== undefined) {
        response.writeHead(200, { "content-type": "text/html", "content-security-policy": contentSecurityPolicy });
        response.end(shell(page));
      } else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const executablePath = await ensureSystemPart(chromiumPart, () => undefined);
    const browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
    return new PageHarness(
      server,
      browser,
      Object.fromEntries(Array.from(scripts, ([path, script]) => [path.slice(1), script.length])),
    );
  }

  async open(name: PageName, options: OpenOptions): Promise<OpenedPage> {
    const { theme = "dark", width = 1000, height = 800, remembered = null } = options;
    const context = await this.browser.newContext({ viewport: { width, height }, timezoneId: "Europe/Berlin" });
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    const opened = new OpenedPage(page, options.answers);
    await page.exposeFunction("postToTestHost", (message: PageToHost) => void opened.hear(message));
    await page.exposeFunction("rememberInTest", (state: unknown) => {
      opened.remembered = state;
    });
    await page.exposeFunction("complainToTest", (complaint: string) => {
      opened.complaints.push(complaint);
    });
    await page.addInitScript(fakeVsCodeApi, JSON.stringify({ theme: webviewThemes[theme], remembered }));
    const { spoken } = options;
    if (spoken !== undefined) {
      const headers = { "content-type": "text/html", "content-security-policy": contentSecurityPolicy };
      const body = shell(name, spoken.language, translations(spoken.bundle));
      await page.route(`**/${name}`, (route) => route.fulfill({ headers, body }));
    }
    const { port } = this.server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/${name}`);
    return opened;
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }
}

async function buildPages(): Promise<Map<string, Uint8Array>> {
  const root = repositoryRoot();
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: {
      dashboard: "webview/dashboard/main.ts",
      job: "webview/job/main.ts",
      charts: "webview/shared/charts.ts",
    },
    bundle: true,
    minify: true,
    write: false,
    outdir: join(root, "dist", "webview"),
    platform: "browser",
    target: "es2022",
    format: "esm",
    tsconfig: "webview/tsconfig.json",
    legalComments: "none",
    logLevel: "warning",
    plugins: [lazyCharts],
  });
  return new Map(outputFiles.map((file) => [`/${file.path.split(/[\\/]/).at(-1)}`, file.contents]));
}

/** As the product is built (`esbuild.mjs`): Chart.js apart from what the first picture needs. */
const lazyCharts: Plugin = {
  name: "lazy-charts",
  setup(plugin) {
    plugin.onResolve({ filter: /[\\/]shared[\\/]charts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./charts.js", external: true } : undefined,
    );
  },
};

/** What VS Code itself styles in every webview, as far as it reaches these pages. */
const vsCodeStyles = `@layer vscode-default {
  html { scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background); }
  body { margin: 0; padding: 0 20px; overscroll-behavior-x: none; background-color: transparent; color: var(--vscode-editor-foreground);
    font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); font-weight: var(--vscode-font-weight); }
}`;

/** The same shell as the host's. The empty favicon keeps the browser from asking for one. */
function shell(page: string, language = "en", translated = ""): string {
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><title>ARQ ${page}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/vscode.css"></head>
<body>${translated}<arq-${page}></arq-${page}><script type="module" src="/${page}.js"></script></body>
</html>`;
}
