// Builds everything into dist/: the extension, the command-line inspector, the webview pages and the tests.
//   node esbuild.mjs [--production] [--watch] [--only=product|inspect]
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";

const flags = new Set(process.argv.slice(2));
const production = flags.has("--production");
const watch = flags.has("--watch");
const only = process.argv.find((argument) => argument.startsWith("--only="))?.slice("--only=".length);

/** Every .ts file below a folder whose path the filter accepts. */
function sources(folder, accept) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(accept);
}

/** Prints what the watch problem matcher in .vscode/tasks.json waits for. */
const report = {
  name: "report",
  setup(build) {
    build.onStart(() => console.log("[watch] build started"));
    build.onEnd((result) => {
      for (const { text, location } of result.errors) {
        console.error(`> ${location?.file}:${location?.line}:${location?.column}: error: ${text}`);
      }
      console.log("[watch] build finished");
    });
  },
};

/**
 * Leaves out the `debug` package that ioredis carries: besides its weight, it would print every command with its arguments,
 * the password among them, to anybody who sets DEBUG.
 */
const withoutDebug = {
  name: "without-debug",
  setup(build) {
    build.onResolve({ filter: /^debug$/ }, () => ({ path: "debug", namespace: "without-debug" }));
    build.onLoad({ filter: /.*/, namespace: "without-debug" }, () => ({
      contents: "exports.default = () => Object.assign(() => {}, { enabled: false });",
    }));
  },
};

/**
 * Keeps the decompressors of formats that ARQ's payloads rarely come in out of the main bundle: the first call of `decompress`
 * loads them from dist/codecs.js, which stands beside it.
 */
const lazyDecompress = {
  name: "lazy-decompress",
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]arq[\\/]decompress\.ts$/ }, () => ({
      contents: 'export const decompress = (...args) => require("./codecs.js").decompress(...args);',
    }));
    build.onResolve({ filter: /^\.\/codecs\.js$/ }, () => ({ path: "./codecs.js", external: true }));
  },
};

/**
 * VS Code loads CommonJS, and esbuild splits only ES modules. So the extension is built as ES modules, and each file is then turned
 * into CommonJS: what `import()` asks for (the Redis client, the index, the reader) stays out of what a start has to load.
 */
const splitCommonJs = {
  name: "split-commonjs",
  setup(build) {
    build.onEnd(async ({ outputFiles = [] }) => {
      for (const file of readdirSync(build.initialOptions.outdir).filter((name) => name.startsWith("host-"))) {
        rmSync(join(build.initialOptions.outdir, file));
      }
      for (const { path, text } of outputFiles) {
        const { minify, sourcemap } = build.initialOptions;
        const { code } = await esbuild.transform(text, {
          format: "cjs",
          platform: "node",
          target: "node20",
          // As require(): VS Code's own hook for `vscode` sees every part then.
          supported: { "dynamic-import": false },
          minify,
          sourcemap,
        });
        writeFileSync(path, code);
      }
    });
  },
};

const common = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : "linked",
  sourcesContent: false,
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  plugins: [withoutDebug, ...(watch ? [report] : [])],
};
const node = { ...common, platform: "node", target: "node20", format: "cjs" };
const product = { ...node, plugins: [...common.plugins, lazyDecompress] };
const extension = {
  ...product,
  format: "esm",
  splitting: true,
  chunkNames: "host-[name]-[hash]",
  // A map beside each file would be that of the ES module.
  sourcemap: production ? false : "inline",
  write: false,
  plugins: [...product.plugins, splitCommonJs],
  entryPoints: { extension: "src/extension.ts" },
  outdir: "dist",
  external: ["vscode"],
};
const codecs = { ...node, entryPoints: { codecs: "src/arq/decompress.ts" }, outdir: "dist" };

/**
 * Keeps Chart.js out of what a page has to load before it shows anything. esbuild's own splitting would put its helpers into a third file, which
 * every page would wait for.
 */
const lazyCharts = {
  name: "lazy-charts",
  setup(build) {
    build.onResolve({ filter: /[\\/]shared[\\/]charts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./charts.js", external: true } : undefined,
    );
  },
};
const pages = {
  ...common,
  plugins: [...common.plugins, lazyCharts],
  entryPoints: {
    dashboard: "webview/dashboard/main.ts",
    job: "webview/job/main.ts",
    charts: "webview/shared/charts.ts",
  },
  outdir: "dist/webview",
  platform: "browser",
  target: "es2022",
  format: "esm",
  tsconfig: "webview/tsconfig.json",
};

const isTestSource = (path) => !path.includes("workspaces") && !path.includes("fixtures");
/** Inside VS Code's extension host. */
const runsInside = (path) => path.startsWith(join("test", "host")) || path.endsWith("activationProbe.ts");
const tests = {
  ...node,
  minify: false,
  sourcemap: "linked",
  packages: "external",
  outbase: "test",
  outdir: "dist/test",
};

const builds = {
  product: [extension, codecs, pages],
  inspect: [{ ...product, entryPoints: { inspect: "src/inspect.ts" }, outdir: "dist" }, codecs],
  tests: [
    { ...tests, external: ["vscode"], entryPoints: sources("test", (path) => isTestSource(path) && runsInside(path)) },
    // Outside VS Code there is only what texts are made with.
    {
      ...tests,
      alias: { vscode: "./test/support/vscode/textsOnly.ts" },
      entryPoints: sources("test", (path) => isTestSource(path) && !runsInside(path)),
    },
  ],
};

const chosen = only === undefined ? [...new Set(Object.values(builds).flat())] : builds[only];
if (chosen === undefined) throw new Error(`--only takes one of ${Object.keys(builds).join(", ")}`);
// A stale bundle of a deleted test would still run, so a full build starts from nothing.
if (only === undefined) rmSync("dist", { recursive: true, force: true });
mkdirSync("dist", { recursive: true });

if (watch) {
  for (const options of chosen) await (await esbuild.context(options)).watch();
} else {
  await Promise.all(chosen.map((options) => esbuild.build(options)));
}
