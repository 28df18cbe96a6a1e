import assert from "node:assert/strict";
import { decodeJob } from "../../src/arq/payload";
import { Redactor } from "../../src/arq/redact";
import { unpickle } from "../../src/arq/unpickle";
import { pythonRepr } from "../../src/python/repr";
import type { PyValue } from "../../src/python/value";
import libraries from "../fixtures/pickles/libraries.json";

const redactor = new Redactor({ own: ["iban", "customerNumber"] });

function fromJson(value: unknown): PyValue {
  const text = JSON.stringify({ t: null, f: "f", a: [value], k: {}, et: 0 });
  const job = decodeJob(Buffer.from(text));
  assert.ok(job.ok && job.args.kind === "list" && job.args.items[0] !== undefined);
  return job.args.items[0];
}

function redacted(value: unknown): string {
  return pythonRepr(redactor.value(fromJson(value)));
}

describe("Redactor", () => {
  const secretNames =
    "password PASSWORD db_password dbPassword dbpassword password2 passwd secret client_secret clientSecret SECRET_KEY token access_token accessToken " +
    "refresh-token api_key apikey apiKey APIKey X-Api-Key authorization Authorization Proxy-Authorization cookie Set-Cookie private_key privateKey " +
    "credit_card creditCard card_number auth cvv jwt credentials iban customer_number customer-number CustomerNumber user.password";
  for (const name of secretNames.split(" ")) {
    it(`hides the value under ${name}`, () => assert.equal(redacted({ [name]: "s3cr3t" }), `{'${name}': '********'}`));
  }

  const plainNames =
    "name key keys author authors tokenizer max_tokens token_count cookiecutter secretary passenger monkey card order_id keyboard auth_method user url pinned compass";
  for (const name of plainNames.split(" ")) {
    it(`shows the value under ${name}`, () => assert.equal(redacted({ [name]: "plain" }), `{'${name}': 'plain'}`));
  }

  it("says whether there is a secret, but hides it whatever it is", () => {
    assert.equal(
      redacted({ token: null, password: true, secret: 5, cookie: { a: "b" } }),
      "{'token': None, 'password': True, 'secret': '********', 'cookie': '********'}",
    );
  });

  it("finds secrets at any depth, in pairs and in text", () => {
    assert.equal(
      redacted([
        { user: { name: "ann", password: "x" } },
        [
          ["Authorization", "Bearer abc"],
          ["Accept", "*/*"],
        ],
        "redis://:pw@host:6379/0",
      ]),
      "[{'user': {'name': 'ann', 'password': '********'}}, [['Authorization', '********'], ['Accept', '*/*']], 'redis://:********@host:6379/0']",
    );
  });

  const recorded = new Map<string, string>(Object.entries(libraries));
  for (const protocol of [2, 4, 5]) {
    it(`hides SecretStr and the state of objects, protocol ${protocol}`, () => {
      const read = unpickle(Buffer.from(recorded.get(`pydantic model, protocol ${protocol}`) ?? "", "base64"));
      const secret = unpickle(Buffer.from(recorded.get(`secret, protocol ${protocol}`) ?? "", "base64"));
      assert.ok(read.ok && secret.ok);
      const copy = [redactor.value(read.value), redactor.value(secret.value)];
      assert.equal(pythonRepr(copy[0] ?? read.value), "shop.models.Login(user='ann', password='********')");
      const all = JSON.stringify(copy, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
      assert.ok(!all.includes("hunter2"));
    });
  }

  const str = (value: string): PyValue => ({ kind: "str", value });
  const bytes = (value: string): PyValue => ({ kind: "bytes", value: Buffer.from(value, "latin1") });
  const tuple = (...items: PyValue[]): PyValue => ({ kind: "tuple", items });
  const dict = (...entries: [string, PyValue][]): PyValue => ({
    kind: "dict",
    entries: entries.map(([key, value]) => [str(key), value]),
  });
  const global = (module: string, qualname: string): PyValue => ({ kind: "global", module, qualname });
  const call = (callee: PyValue, args: PyValue[], state: PyValue | null = null): PyValue => ({
    kind: "call",
    via: "new",
    callee,
    args,
    kwargs: [],
    state,
    items: [],
    entries: [],
  });
  const secret = str("x-marks");
  const hiding: [what: string, value: PyValue][] = [
    ["starlette's Secret", call(global("starlette.datastructures", "Secret"), [], dict(["_value", secret]))],
    [
      "a SecretStr of protocol 0",
      call(
        global("copyreg", "_reconstructor"),
        [global("pydantic.types", "SecretStr"), global("builtins", "object"), { kind: "none" }],
        dict(["_secret_value", secret]),
      ),
    ],
    ["credentials", call(global("botocore.credentials", "ReadOnlyCredentials"), [secret, secret, secret])],
    ["the password of a SQLAlchemy URL", call(global("sqlalchemy.engine.url", "URL"), [str("pg"), str("u"), secret])],
    [
      "the password of a yarl URL",
      call(
        global("yarl._url", "URL"),
        [],
        tuple(call(global("urllib.parse", "SplitResult"), [str("https"), str("ann:x-marks@host"), str("/")])),
      ),
    ],
    ["the password of aiohttp's BasicAuth", call(global("aiohttp.helpers", "BasicAuth"), [str("ann"), secret])],
    ["a cookie", call(global("http.cookies", "Morsel"), [], dict(["key", str("sid")], ["value", secret]))],
    ["an own class", call(global("shop.vault", "CustomerNumber"), [secret])],
    ["headers in three parts", tuple(bytes("X-Api-Key"), bytes("x-api-key"), bytes("x-marks"))],
    ["a command", { kind: "list", items: [str("mysql"), str("--password"), secret] }],
    ["a header of a multidict", tuple(call(global("multidict", "istr"), [str("X-Api-Key")]), secret)],
    ["a field of a named tuple of protocol 1", call(global("aiohttp.helpers", "BasicAuth"), [tuple(str("u"), secret)])],
    ["a named record", dict(["name", str("API_KEY")], ["value", secret])],
    ["a key of a dict", dict(["redis://:x-marks@host", { kind: "none" }])],
    ["a label", { kind: "opaque", label: "persistent id 'redis://:x-marks@host'" }],
    ["bytes with text", bytes('{"token": "x-marks"}')],
    ["a pickle within bytes", bytes("\x80\x04}\x94\x8c\x08password\x94\x8c\x07x-marks\x94s.")],
    ["MessagePack within bytes", bytes("\x81\xa8password\xa7x-marks")],
    ["a list under a secret name", dict(["tokens", { kind: "list", items: [secret] }])],
  ];
  for (const [what, value] of hiding) {
    it(`hides ${what}, and leaves the value as it was`, () => {
      const before = pythonRepr(value);
      assert.ok(!pythonRepr(redactor.value(value)).includes("x-marks"), pythonRepr(redactor.value(value)));
      assert.equal(pythonRepr(value), before);
    });
  }

  it("shows numbers under the name tokens, which count, and empty values, which hold nothing", () => {
    const usage = { prompt_tokens: 5, completion_tokens: 7, tokens: 12, max_tokens: 99, token_count: 3, password: "" };
    assert.equal(
      redacted(usage),
      "{'prompt_tokens': 5, 'completion_tokens': 7, 'tokens': 12, 'max_tokens': 99, 'token_count': 3, 'password': ''}",
    );
  });

  it("masks a long text once however often a payload refers to it", () => {
    const long = str("token=abc ".repeat(50_000));
    const copy = redactor.value({ kind: "list", items: Array.from({ length: 100_000 }, () => long) });
    assert.ok(copy.kind === "list" && copy.items.every((item) => item === copy.items[0]));
    assert.ok(copy.items[0]?.kind === "str" && !copy.items[0].value.includes("abc"));
  }).timeout(20_000);

  it("masks every text of plain data, and leaves what names keys", () => {
    const told = { id: "token=abc", queue: "q:token=abc", at: 5, jobs: [{ id: "a", later: { field: "token=abc" } }] };
    assert.deepEqual(redactor.plain(told), {
      ...told,
      jobs: [{ id: "a", later: { field: "token=********" } }],
    });
  });

  it("hides the input that a validation error blames", () => {
    assert.equal(
      redacted([
        { loc: ["user", "password"], input: "x" },
        { loc: ["n"], input: "y" },
      ]),
      "[{'loc': ['user', 'password'], 'input': '********'}, {'loc': ['n'], 'input': 'y'}]",
    );
  });

  it("keeps cycles, sharing and the input", () => {
    const shared: PyValue = { kind: "list", items: [] };
    const root: PyValue = {
      kind: "dict",
      entries: [
        [
          { kind: "str", value: "password" },
          { kind: "str", value: "x" },
        ],
      ],
    };
    root.entries.push(
      [{ kind: "str", value: "self" }, root],
      [{ kind: "str", value: "a" }, shared],
      [{ kind: "str", value: "b" }, shared],
    );
    const copy = redactor.value(root);
    assert.equal(pythonRepr(copy), "{'password': '********', 'self': {...}, 'a': [], 'b': []}");
    assert.ok(copy.kind === "dict" && copy.entries[2]?.[1] === copy.entries[3]?.[1] && copy.entries[1]?.[1] === copy);
    assert.equal(pythonRepr(root), "{'password': 'x', 'self': {...}, 'a': [], 'b': []}");
  });

  it("copies nesting deeper than any call stack", () => {
    let value: PyValue = { kind: "list", items: [] };
    for (let level = 0; level < 100_000; level += 1) value = { kind: "list", items: [value] };
    const copy = redactor.value(value);
    assert.equal(pythonRepr(copy, { depth: Infinity }).length, 200_002);
  }).timeout(20_000);

  it("hides the message of a failure that is no exception but credentials", () => {
    const told = { type: "botocore.credentials.ReadOnlyCredentials", message: "('AK', 'x-marks')" };
    assert.equal(redactor.plain(told).message, "********");
    assert.equal(redactor.plain({ ...told, type: "shop.InvalidCredentials" }).message, told.message);
  });

  it("redacts every text of an error", () => {
    const error = redactor.error({
      kind: "exception",
      type: "ValueError",
      message: "redis://:pw@h",
      notes: ["token=abc"],
      members: ["KeyError: password='x'"],
      traceback: "ValueError: redis://:pw@h",
      tracebackSource: "tblib",
    });
    assert.deepEqual(
      [error.message, error.notes, error.members, error.traceback],
      ["redis://:********@h", ["token=********"], ["KeyError: password='********'"], "ValueError: redis://:********@h"],
    );
  });
});
