import { isIdentifier } from "./identifier";
import { gappedSource } from "./pythonSource";
import { reprStr } from "./scalarRepr";
import { unpickledArguments, type PickleGlobal } from "./unpickledArguments";
import { commentText, laidOutSource, sourceWidth, type SourcePart } from "./sourceLayout";
import type { PyValue } from "./value";

/** Something that Python can import: `Mailer.send` of `shop.mail`. */
export interface ImportedName {
  readonly module: string;
  readonly qualname: string;
}

/** A worker's settings that can be imported. A `call` of `Worker` has none. */
export interface ImportedSettings {
  readonly kind: "class" | "dict" | "module";
  readonly module: string;
  /** Null of a module. */
  readonly name: string | null;
}

/** How the script gets hold of the function. */
export type ScriptFunction =
  | {
      readonly how: "name";
      readonly name: ImportedName;
      /** Not a static or class method, so that it takes an object. */
      readonly isBound: boolean;
    }
  /** As the worker does it, by its name: for what stands in another function, or is bound to an object. */
  | { readonly how: "worker"; readonly settings: ImportedSettings; readonly list: "functions" | "cron_jobs" };

/** Where the arguments come from. `leftOut`: the user fills them in. `original`: they are unpickled when the script runs, from base64. */
export type ScriptArguments =
  | { readonly kind: "values"; readonly args: PyValue; readonly kwargs: PyValue }
  | { readonly kind: "leftOut"; readonly why: string }
  | { readonly kind: "original"; readonly pickle: string; readonly globals: readonly PickleGlobal[] };

/** What ARQ calls around a job. */
export const hookNames = ["on_startup", "on_job_start", "on_job_end", "on_shutdown"] as const;
export type HookName = (typeof hookNames)[number];
export type ScriptHook = ImportedName | ImportedSettings;

/** Everything that a script is made of. Texts may be anybody's; times are unix ms. */
export interface JobScript {
  readonly job: {
    readonly id: string;
    /** As ARQ knows it. */
    readonly function: string;
    readonly tries: number | null;
    readonly enqueuedAt: number | null;
    /** Its score in the queue: when it was due. */
    readonly score: number | null;
    /** How it failed, in a line; null where it did not. */
    readonly error: string | null;
  };
  readonly function: ScriptFunction;
  readonly arguments: ScriptArguments;
  readonly hooks: Readonly<Partial<Record<HookName, ScriptHook>>>;
  /** What its worker would stop it after, seconds; null where it is not known. */
  readonly timeout: number | null;
  /** Where `ctx["redis"]` would come from; null: ARQ's default address. */
  readonly settings: ImportedSettings | null;
  /** Stands in texts where a secret was. */
  readonly mask: string;
}

/** Python, and how many parts of the arguments are missing in it. */
export interface WrittenScript {
  readonly text: string;
  readonly gaps: number;
}

/**
 * A file of its own for Python 3.8 and later that calls the job's function once, as a worker would: with its arguments, with a `ctx`, and with the hooks
 * that were chosen around it. What cannot be written of the arguments is a marked `...`. `ctx["redis"]` refuses every command until one line is changed.
 *
 * `roots` are folders from which modules are imported. With `stops` the debugger stops before the call; without, it stops where breakpoints are.
 */
export function debugScript(script: JobScript, roots: readonly string[], stops: boolean): WrittenScript {
  const { job, hooks } = script;
  const written = writeArguments(script.arguments, script.mask, 0);
  const imports = new Set(["import asyncio", "import datetime", "import sys", ...written.imports]);
  const call = [
    ...contextLines(script),
    ...(stops ? ["breakpoint()  # Where it failed is not known: step into the call below."] : []),
    ...around(
      hooks.on_job_start && "await on_job_start(ctx)",
      ["return await asyncio.wait_for(function(ctx, *args, **kwargs), TIMEOUT)"],
      hooks.on_job_end && "await on_job_end(ctx)",
    ),
  ];
  const body = around(hooks.on_startup && "await on_startup(ctx)", call, hooks.on_shutdown && "await on_shutdown(ctx)");
  return {
    gaps: written.gaps,
    text: [
      `# Job ${commentText(job.id)}: calls ${commentText(job.function)} with its arguments, for debugging.`,
      "# ARQ Monitor wrote this file. Change it as you like; it is yours.",
      "#",
      "# The function really runs: what it sends, charges, writes or deletes is sent, charged, written and deleted.",
      "# The job itself stays in Redis as it is.",
      ...(job.error === null ? [] : ["#", `# It failed with ${commentText(job.error)}`]),
      ...(written.gaps === 0
        ? []
        : [
            "#",
            "# Where `...` or nothing stands in the arguments below, write what is right: it could not be written here.",
          ]),
      "",
      ...[...imports].toSorted(),
      "",
      `sys.path[:0] = [${roots.map((root) => reprStr(root)).join(", ")}]`,
      "",
      ...functionLines(script),
      ...hookLines(script),
      "",
      "# False: ctx['redis'] refuses every command. True: it is Redis itself, and what the function writes there or enqueues stays.",
      "USE_REAL_REDIS = False",
      "",
      `# Seconds. None: as long as it takes, so that there is time to look around.${script.timeout === null ? "" : ` The worker's: ${script.timeout}`}`,
      "TIMEOUT = None",
      "",
      ...written.lines,
      "",
      "",
      ...refusingRedis,
      "",
      "",
      ...realRedis(script.settings),
      "",
      "",
      "async def main():",
      ...indented(['ctx = {"redis": await real_redis() if USE_REAL_REDIS else RefusingRedis()}', ...body]),
      "",
      "",
      'if __name__ == "__main__":',
      '    print("Returned:", repr(asyncio.run(main())))',
      "",
    ].join("\n"),
  };
}

/** A test that calls the function once: it fails as the job did, until the function is mended. `ctx["redis"]` is a mock. */
export function pytestScript(script: JobScript): WrittenScript {
  const { job, hooks } = script;
  const written = writeArguments(script.arguments, script.mask, 4);
  const imports = new Set([
    "import asyncio",
    "import datetime",
    "from unittest.mock import AsyncMock",
    ...written.imports,
  ]);
  const call = [
    ...contextLines(script),
    ...around(
      hooks.on_job_start && "await on_job_start(ctx)",
      ["return await function(ctx, *args, **kwargs)"],
      hooks.on_job_end && "await on_job_end(ctx)",
    ),
  ];
  const body = around(hooks.on_startup && "await on_startup(ctx)", call, hooks.on_shutdown && "await on_shutdown(ctx)");
  const what = job.error === null ? "" : `, which failed with ${commentText(job.error)}`;
  return {
    gaps: written.gaps,
    text: [
      ...[...imports].toSorted(),
      "",
      ...functionLines(script),
      ...hookLines(script),
      "",
      "",
      `def test_${testName(job.function)}():`,
      ...indented([
        `# Job ${commentText(job.id)}${what}`,
        ...written.lines,
        "",
        "async def run():",
        ...indented(['ctx = {"redis": AsyncMock()}', ...body]),
        "",
        "asyncio.run(run())",
      ]),
      "",
    ].join("\n"),
  };
}

interface WrittenArguments {
  readonly lines: readonly string[];
  readonly imports: readonly string[];
  readonly gaps: number;
}

/** `indent`: what the lines will be indented by, for their width. */
function writeArguments(given: ScriptArguments, mask: string, indent: number): WrittenArguments {
  if (given.kind === "original") return { ...unpickledArguments(given.pickle, given.globals), gaps: 0 };
  if (given.kind === "leftOut") {
    const why = commentText(given.why);
    return { lines: [`# Write them here: ${why}`, "args = ()", "kwargs = {}"], imports: [], gaps: 1 };
  }
  const args = gappedSource(given.args.kind === "list" ? { ...given.args, kind: "tuple" } : given.args, mask);
  const kwargs = gappedSource(given.kwargs, mask);
  // The lines are indented afterwards, so none of them may belong to a text: repr breaks no line.
  const write = (name: string, source: SourcePart): string[] =>
    laidOutSource(`${name} = `, source, sourceWidth - indent).split("\n");
  return {
    lines: [...write("args", args.source), ...write("kwargs", kwargs.source)],
    imports: [...args.imports, ...kwargs.imports],
    gaps: args.gaps + kwargs.gaps,
  };
}

/** Adds to `ctx` what a worker adds for each job (arq/worker.py `run_job`). */
function contextLines({ job }: JobScript): string[] {
  const score = job.score ?? job.enqueuedAt;
  const fields = [
    `job_id=${reprStr(job.id)}`,
    `job_try=${job.tries ?? 1}`,
    `enqueue_time=${job.enqueuedAt === null ? "datetime.datetime.now(datetime.timezone.utc)" : timeSource(job.enqueuedAt)}`,
    `score=${score === null ? 0 : Math.trunc(score)}`,
  ];
  return ["ctx.update(", ...indented(fields.map((field) => `${field},`)), ")"];
}

function timeSource(at: number): string {
  const time = new Date(at);
  const parts = [
    time.getUTCFullYear(),
    time.getUTCMonth() + 1,
    time.getUTCDate(),
    time.getUTCHours(),
    time.getUTCMinutes(),
    time.getUTCSeconds(),
    time.getUTCMilliseconds() * 1000,
  ];
  return Number.isNaN(parts[0]) || parts[0]! < 1 || parts[0]! > 9999
    ? "datetime.datetime.now(datetime.timezone.utc)"
    : `datetime.datetime(${parts.join(", ")}, tzinfo=datetime.timezone.utc)`;
}

function functionLines({ job, function: found }: JobScript): string[] {
  if (found.how === "name") {
    const lines = importLines("function", found.name);
    if (!found.isBound) return lines;
    const owner = found.name.qualname.slice(0, found.name.qualname.lastIndexOf("."));
    return [
      ...lines,
      `# This takes an object, as the worker gives it: function = ${owner}(…).${found.name.qualname.slice(owner.length + 1)}`,
    ];
  }
  const of = found.list === "cron_jobs" ? "" : "map(func, ";
  const list = settingOf("settings", found.settings, found.list);
  return [
    ...(found.list === "cron_jobs" ? [] : ["from arq.worker import func"]),
    ...importLines("settings", found.settings),
    "# It cannot be imported by its name, so it is looked up as the worker does.",
    `function = {each.name: each.coroutine for each in ${of}${list}${of === "" ? "" : ")"}}[${reprStr(job.function)}]`,
  ];
}

function hookLines({ hooks }: JobScript): string[] {
  return hookNames.flatMap((name) => {
    const hook = hooks[name];
    if (hook === undefined) return [];
    if ("qualname" in hook) return importLines(name, hook);
    return [...importLines(`${name}_settings`, hook), `${name} = ${settingOf(`${name}_settings`, hook, name)}`];
  });
}

/** Lines after which `name` is it. */
function importLines(name: string, from: ImportedName | ImportedSettings): string[] {
  if (!("qualname" in from)) {
    if (from.name === null) return [`import ${from.module} as ${name}`];
    return [`from ${from.module} import ${from.name} as ${name}`];
  }
  const [first = "", ...rest] = from.qualname.split(".");
  if (rest.length === 0) return [`from ${from.module} import ${first} as ${name}`];
  return [`from ${from.module} import ${first}`, `${name} = ${from.qualname}`];
}

function settingOf(name: string, { kind }: ImportedSettings, setting: string): string {
  return kind === "dict" ? `${name}["${setting}"]` : `${name}.${setting}`;
}

/** Whether it can stand in an import. */
export function isImportable({ module, qualname }: ImportedName): boolean {
  return [...module.split("."), ...qualname.split(".")].every(isIdentifier);
}

/** `before`, then the lines, and `after` however they end. */
function around(before: string | undefined, lines: readonly string[], after: string | undefined): string[] {
  const inner = after === undefined ? lines : ["try:", ...indented(lines), "finally:", ...indented([after])];
  return before === undefined ? [...inner] : [before, ...inner];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === "" ? "" : `    ${line}`));
}

function testName(name: string): string {
  return name
    .normalize("NFKC")
    .replaceAll(/[^\p{L}\p{Nl}\p{Nd}_]+/gu, "_")
    .slice(0, 100);
}

const refusingRedis = [
  "class RefusingRedis:",
  "    def __getattr__(self, name):",
  '        if name.startswith("__"):',
  "            raise AttributeError(name)",
  "",
  "        def refuse(*args, **kwargs):",
  "            raise RuntimeError(f\"ctx['redis'].{name} was refused: set USE_REAL_REDIS in {__file__} to let it through\")",
  "",
  "        return refuse",
];

function realRedis(settings: ImportedSettings | null): string[] {
  const lines =
    settings === null
      ? ["return await create_pool()  # localhost:6379, unless it is given RedisSettings"]
      : [
          ...importLines("settings", settings),
          settings.kind === "dict"
            ? 'return await create_pool(settings.get("redis_settings"))'
            : 'return await create_pool(getattr(settings, "redis_settings", None))',
        ];
  return ["async def real_redis():", ...indented(["from arq import create_pool", ...lines])];
}
