import type { Redis } from "ioredis";
import { jobPayload, resultPayload } from "../demo/arqPayloads";
import { type Pickled, PyCall, tuple } from "../demo/pickle";
import { encodeMsgpack } from "./encodeMsgpack";

/** One secret, what makes it one, and where it was put. Its marker stands nowhere else. */
export interface Planted {
  readonly marker: string;
  readonly kind: string;
  readonly place: string;
}

/** Entries of `arq.redact` that some of the secrets are known by. */
export const ownRules = ["iban", "acme_live_*", "CustomerRecord"];

/** Secrets within a text. */
const texts: Readonly<Record<string, (marker: string) => string>> = {
  "password in a URL": (m) => `redis://ann:${m}@cache:6379/0`,
  "token in a query": (m) => `https://shop.example/pay?token=${m}&page=2`,
  "bearer token": (m) => `sent Bearer ${m}.abc123`,
  "Authorization header": (m) => `Authorization: Token ${m}`,
  "JSON Web Token": (m) => `eyJhbGciOiJI.${m}xyz.${m}`,
  "AWS key": (m) => `AKIA${m}ABCDEFGH`,
  "GitHub token": (m) => `ghp_${m}abcdefghijklmnop`,
  "private key": (m) => `-----BEGIN PRIVATE KEY-----\nMIIE${m}\n-----END PRIVATE KEY-----`,
  "connection string": (m) => `Server=db;Password=${m} and more;Database=shop`,
  "JSON in a text": (m) => JSON.stringify({ api_key: m, n: [1] }),
  "JSON in JSON in a text": (m) => JSON.stringify(JSON.stringify({ secret: m })),
  "repr in a text": (m) => `Login(user='ann', password='${m}')`,
  "list under a name, in a text": (m) => `{'tokens': ['${m}', 'x']}`,
  "class in a text": (m) => `SecretStr('${m}')`,
  "look of one's own": (m) => `acme_live_${m}`,
};

/** Secrets as values. */
const values: Readonly<Record<string, (marker: string) => Pickled>> = {
  "value under a name": (m) => ({ user: "ann", password: m }),
  "list under a name": (m) => ({ access_tokens: [m, m] }),
  "deep under a name": (m) => [[{ a: tuple({ client_secret: m }) }]],
  "pair of name and value": (m) => [tuple("X-Api-Key", m)],
  "argument of a command": (m) => ["mysql", "--password", m],
  "named record": (m) => ({ name: "API_KEY", value: m }),
  "name of one's own": (m) => ({ customer_iban: m }),
  "key of a dict": (m) => ({ [`redis://:${m}@cache`]: 1 }),
  SecretStr: (m) => new PyCall("pydantic.types", "SecretStr", [], { _secret_value: m }),
  "starlette Secret": (m) => new PyCall("starlette.datastructures", "Secret", [m]),
  "SQLAlchemy URL": (m) => new PyCall("sqlalchemy.engine.url", "URL", ["postgresql", "ann", m, "db", 5432, "shop"]),
  "split URL": (m) => new PyCall("urllib.parse", "SplitResult", ["https", `ann:${m}@host`, "/", "", ""]),
  "class of one's own": (m) => new PyCall("shop.models", "CustomerRecord", [m]),
  "field of an object": (m) => new PyCall("shop.models", "Login", [], { user: "ann", password: m }),
};

/** Ids of the planted jobs, by what they are. */
export const plantedIds = [
  "queued",
  "running",
  "complete",
  "failed",
  "failed-json",
  "logged",
  "msgpack",
  "unreadable",
  "retried",
] as const;

/** Values of jobs that are no secrets, but are hidden in production. */
export const plainValues = { args: "PLAINARGXQ", kwargs: "PLAINKWARGXQ", result: "PLAINRESULTXQ" } as const;

/** A Redis full of secrets, each in a place of its own, and what else holds some. */
export class PlantedSecrets {
  readonly all: Planted[] = [];

  /** Letters only: digits are not kept in error groups. */
  secret(kind: string, place: string): string {
    let marker = "";
    for (let n = this.all.length + 1; n > 0; n = Math.floor(n / 20)) marker = "BCDFGHJKLMNPRSTVWYAE"[n % 20] + marker;
    marker = `ZQX${marker.padStart(5, "Q")}`;
    this.all.push({ marker, kind, place });
    return marker;
  }

  /** What of the secrets stands in this text, whatever its case. */
  within(text: string): Planted[] {
    if (!/zqx/i.test(text)) return [];
    const upper = text.toUpperCase();
    return this.all.filter(({ marker }) => upper.includes(marker));
  }

  text(kind: string, place: string): string {
    return texts[kind]!(this.secret(kind, place));
  }

  everyText(place: string): string[] {
    return Object.keys(texts).map((kind) => this.text(kind, place));
  }

  everyValue(place: string): Pickled[] {
    const made = Object.entries(values).map(([kind, make]) => make(this.secret(kind, place)));
    return [...made, ...this.everyText(place)];
  }

  /** The log of a worker in which the job `logged` failed, at this time, unix ms. */
  readonly log = (at: number): string => {
    const time = new Date(at).toTimeString().slice(0, 8);
    return `${time}:   0.05s ! logged:send_report failed, ValueError: ${this.text("password in a URL", "message in a log")}
${this.traceback("log")}
`;
  };

  /** With a secret in its source line and one in each line of its message. */
  traceback(place: string): string {
    const line = `    connect(password='${this.secret("source line", place)}')`;
    const message = this.everyText(place).map((text) => text.replaceAll("\n", "\\n"));
    const head = `Traceback (most recent call last):\n  File "/app/shop.py", line 3, in pay\n${line}`;
    return `${head}\nValueError: ${message.join(" | ")}`;
  }

  /** A job that comes while somebody watches. */
  async plantLate(redis: Redis): Promise<void> {
    const name = this.text("password in a URL", "function of an event");
    const late = { function: name, args: tuple(), kwargs: {}, enqueuedAt: Date.now() };
    await redis.multi().set("arq:job:late", jobPayload(late)).zadd("arq:queue", Date.now(), "late").exec();
  }

  async plant(redis: Redis): Promise<void> {
    const now = Date.now();
    const job = (place: string) => ({
      function: "pay",
      args: tuple(plainValues.args, ...this.everyValue(`args, ${place}`)),
      kwargs: {
        plain: plainValues.kwargs,
        password: this.secret("keyword argument", place),
        all: this.everyValue(`kwargs, ${place}`),
      },
      enqueuedAt: now - 60_000,
    });
    const ended = { queue: "arq:queue", tries: 1, startedAt: now - 3000, finishedAt: now - 2000 };
    const set = (key: string, value: Buffer | string) => redis.set(key, value, "PX", 3_600_000);

    await set("arq:job:queued", jobPayload(job("queued")));
    await redis.zadd("arq:queue", now - 10_000, "queued");
    // As a cron job, which is told of by its name.
    const named = { ...job("running"), function: `cron:at ${this.text("password in a URL", "function of a job")}` };
    await set("arq:job:running", jobPayload(named));
    await redis.zadd("arq:queue", now - 10_000, "running");
    await redis.psetex("arq:in-progress:running", 300_000, "1");

    const result = [plainValues.result, ...this.everyValue("result")];
    await set(
      "arq:result:complete",
      resultPayload({ ...job("complete"), ...ended, id: "complete", success: true, result }),
    );

    const error = new PyCall(
      "shop.errors",
      "PaymentFailed",
      [...this.everyText("exception args"), { pin: this.secret("dict", "exception args") }],
      {
        password: this.secret("field", "exception"),
        __notes__: this.everyText("notes"),
      },
    );
    const extra = {
      tb: this.traceback("stored traceback"),
      w: this.text("password in a URL", "worker tag"),
      rel: this.text("password in a URL", "release tag"),
    };
    await set(
      "arq:result:failed",
      resultPayload({ ...job("failed"), ...ended, id: "failed", success: false, result: error, extra }),
    );

    const asJson = {
      t: 1,
      f: this.text("password in a URL", "function of a result"),
      a: this.everyText("JSON args"),
      k: { secret: this.secret("keyword argument", "JSON") },
      et: now - 60_000,
      s: false,
      st: now - 3000,
      ft: now - 2000,
      q: "arq:queue",
      id: "failed-json",
      r: {
        type: this.text("GitHub token", "type of an error"),
        message: this.everyText("JSON message").join(" | "),
        traceback: this.traceback("JSON traceback"),
      },
    };
    await set("arq:result:failed-json", JSON.stringify(asJson));

    const unlogged = new PyCall("builtins", "ValueError", [
      this.text("password in a URL", "message, told apart by its log"),
    ]);
    const report = { ...job("logged"), function: "send_report" };
    await set(
      "arq:result:logged",
      resultPayload({ ...report, ...ended, id: "logged", success: false, result: unlogged }),
    );

    const asBytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    const packed = {
      t: 1,
      f: "pay",
      a: [asBytes(JSON.stringify({ token: this.secret("JSON in bytes", "MessagePack") }))],
      et: now - 60_000,
      s: true,
      k: {
        token: this.secret("keyword argument", "MessagePack"),
        inner: encodeMsgpack({ password: this.secret("MessagePack in bytes", "MessagePack") }),
      },
      r: this.everyText("MessagePack result"),
      st: now - 3000,
      ft: now - 2000,
      q: "arq:queue",
      id: "msgpack",
    };
    await set("arq:result:msgpack", Buffer.from(encodeMsgpack(packed)));

    await set("arq:job:unreadable", `password=${this.secret("name and value", "unknown payload")}`);
    await set("arq:result:unreadable", `{"password": "${this.secret("name and value", "broken JSON")}`);
    await redis.zadd("arq:queue", now - 10_000, "unreadable");

    await set("arq:job:retried", jobPayload(job("retried")));
    await redis.zadd("arq:queue", now + 60_000, "retried");
    await redis.psetex("arq:retry:retried", 300_000, "1");
    const tries = [
      {
        try: 1,
        at: now - 5000,
        type: "shop.errors.CardDeclined",
        message: this.everyText("message of a try").join(" | "),
        traceback: this.traceback("traceback of a try"),
        worker: "web:1",
        outcome: "retry",
        defer_ms: 5000,
      },
    ];
    await set("arq:monitor:tries:retried", JSON.stringify({ v: 1, tries }));

    const worker = {
      v: 1,
      name: "web:1",
      host: "web",
      pid: 1,
      queue: "arq:queue",
      started: now - 9000,
      at: now,
      interval: 15,
      max_jobs: 10,
      job_timeout: 300,
      max_tries: 5,
      functions: [this.text("password in a URL", "function of a worker")],
      release: this.text("password in a URL", "release of a worker"),
      python: "3.11.7",
      arq: "0.28.0",
      health_key: "arq:queue:health-check",
      complete: 1,
      failed: 0,
      retried: 0,
      jobs: [
        { id: "running", function: this.text("password in a URL", "job of a worker"), try: 1, started: now - 1000 },
      ],
    };
    await set("arq:monitor:worker:web:1:abcd", JSON.stringify(worker));
    await set(
      "arq:queue:health-check",
      `Nov-22 03:00:00 j_complete=1 password=${this.secret("name and value", "health record")}`,
    );
    await redis.client("SETNAME", `password=${this.secret("name and value", "name of a connection")}`);
  }
}
