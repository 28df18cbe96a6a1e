import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { importsOf } from "../support/importRules";
import { repositoryRoot } from "../support/repositoryRoot";

const root = join(repositoryRoot(), "src");
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

/** The files whose code, not only types, comes from one of these modules (named by the last part of their path). */
function users(...modules: string[]): string[] {
  return files.filter((file) =>
    importsOf(textOf(file)).some(
      ({ specifier, typeOnly }) => !typeOnly && modules.includes(specifier.slice(specifier.lastIndexOf("/") + 1)),
    ),
  );
}

describe("The one door for values", () => {
  it("has nobody behind it who decodes payloads but the readers of src/redis", () => {
    // What reads bytes or JSON, and in src/arq whatever is built on it.
    const decoders = new Set(["byteCursor", "unpickle", "msgpack", "json", "tries", "workerState"]);
    for (let known = 0; known < decoders.size;) {
      known = decoders.size;
      for (const file of users(...decoders)) {
        if (file.startsWith("arq/")) decoders.add(file.replace(/^arq\/|\.ts$/g, ""));
      }
    }
    assert.ok(["payload", "header", "codecs"].every((name) => decoders.has(name)));
    const reader = /^redis\/\w*Reader\.ts$/;
    assert.deepEqual(
      users(...decoders).filter((file) => !file.startsWith("arq/") && !reader.test(file)),
      [],
    );
  });

  it("is the only way out for what the readers of src/redis read", () => {
    const readers = files.filter((file) => /^redis\/\w*Reader\.ts$/.test(file) && !file.endsWith("payloadReader.ts"));
    const names = readers.map((file) => file.replace(/^redis\/|\.ts$/g, ""));
    assert.ok(names.includes("factReader") && names.includes("workerReader"));
    const outside = users(...names).filter((file) => !readers.includes(file));
    // The feeds read queues to find out what changed; they tell names only.
    assert.deepEqual(
      outside.filter((file) => !/^redis\/(?:\w+Feed|keyBatch|queueWatch)\.ts$/.test(file)),
      ["redis/openRedisSource.ts", "redis/session.ts"],
    );
    // A session keeps the reader of workers with its connection, and asks it only whether announcements still come.
    assert.deepEqual(
      textOf("redis/session.ts")
        .match(/\bworkers\.\w+/g)
        ?.filter((use) => use !== "workers.ownTracking"),
      [],
    );
  });

  it("stands between the raw reads of a source and everybody else, with its log and its status", () => {
    const source = textOf("redis/openRedisSource.ts");
    assert.deepEqual(
      source.match(/.*#rawReads\(\)(?!:).*/g)?.map((line) => line.trim()),
      ["this.#reads = redactedReads(this.#rawReads(), options.redactor);"],
    );
    const [before = "", after = ""] = source.split("#rawReads(): Reads {");
    const [raw = "", rest = ""] = after.split("\n  }\n\n");
    for (const read of ["readJobFacts(", "readJobDetail(", "readQueueFacts(", ".read(queues)"]) {
      assert.ok(raw.includes(read), `${read} is not where it was`);
      assert.ok(!before.includes(read) && !rest.includes(read), `${read} passes by the door`);
    }
    assert.match(source, /logger: redactedLogger\(/);
    assert.match(source, /const sink = redactedSink\(listener/);
    assert.ok(!/\blistener\./.test(source));
  });

  it("has nothing behind it that lasts: what is kept for the next session is ids, names, times, answers, the user's own filters and columns, pairs of folders, and errors as they came through it", () => {
    const writes = /(?:emory|workspaceState|globalState)\.update\(([^,]+),/g;
    const kept = files.flatMap((file) =>
      [...textOf(file).matchAll(writes)].map(([, key = ""]) => `${file} ${key.trim()}`),
    );
    // A place that is added here has to be looked at: does what it keeps come through the door?
    assert.deepEqual(kept.toSorted(), [
      "host/commands/openJob.ts recentKey",
      "host/connections.ts activeKey",
      "host/connections.ts activeKey",
      "host/editor/learnedPaths.ts key",
      "host/editor/learnedPaths.ts key",
      "host/errorNews.ts memoryKey",
      "host/mutedGroups.ts memoryKey",
      "host/panels/tabs/jobsTab.ts memoryKey",
      "host/passwordOffer.ts key",
      "host/savedFilters.ts memoryKey",
      "host/valuePrivacy.ts key",
      "host/views/failureBadge.ts key",
    ]);
  });

  it("has one more leaf, for worker logs, whose failures leave through the store that redacts them", () => {
    assert.deepEqual(users("workerLog").toSorted(), [
      "files/logFile.ts",
      "files/logStream.ts",
      "host/commands/analyzeTraceback.ts",
      "python/lineLinks.ts",
    ]);
    // What a person copied is redacted before anything reads it.
    assert.match(textOf("host/commands/analyzeTraceback.ts"), /const redacted = parts\.session\.redactor\.text\(/);
    assert.deepEqual(users("logFile"), ["files/logFollower.ts"]);
    assert.deepEqual(users("loggedFailures", "logFollower", "logStream"), ["host/tracebacks.ts"]);
    assert.match(textOf("files/loggedFailures.ts"), /return \{ text: this\.redact\(record\.traceback\)/);
    assert.match(
      textOf("host/tracebacks.ts"),
      /readJobLog\([^;]*, filter, \(text\) => this\.session\.redactor\.text\(text\)\)/,
    );
    assert.match(textOf("host/tracebacks.ts"), /new LoggedFailures\(\(text\) => session\.redactor\.text\(text\)\)/);
  });
});
