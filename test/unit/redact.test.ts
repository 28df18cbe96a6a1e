import assert from "node:assert/strict";
import { decodeJob } from "../../src/arq/payload";
import { Redactor } from "../../src/arq/redact";
import { unpickle } from "../../src/arq/unpickle";
import { pythonRepr } from "../../src/python/repr";
import type { PyValue } from "../../src/python/value";
import libraries from "../fixtures/pickles/libraries.json";

const redactor = new Redactor({ keys: ["iban", "customerNumber"] });

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

  const texts: [text: string, expected: string][] = [
    ["redis://user:pa@ss@host/0", "redis://user:********@host/0"],
    [
      "see https://ann:pw@git.example and http://host:80/a@b",
      "see https://ann:********@git.example and http://host:80/a@b",
    ],
    ["ssh://git@host/repo", "ssh://git@host/repo"],
    ["https://0123456789abcdef0123@host", "https://********@host"],
    ["Authorization: Bearer abc.def", "Authorization: ********"],
    ["sent Bearer eyJhbGciOi1", "sent Bearer ********"],
    ["bearer of bad news", "bearer of bad news"],
    ["Bearer authentication failed", "Bearer authentication failed"],
    ["Basic dXNlcjpwYXNz rejected", "Basic ******** rejected"],
    ["Basic authentication failed", "Basic authentication failed"],
    ["password=hunter2", "password=********"],
    ["login failed: password=hunter2, user=ann", "login failed: password=********, user=ann"],
    ["token: abc123", "token: ********"],
    ["?token=abc&page=2", "?token=********&page=2"],
    ['{"password": "a \\" b", "n": 1}', '{"password": "********", "n": 1}'],
    ["{'api_key': 'k', 'n': 1}", "{'api_key': '********', 'n': 1}"],
    ['"{\\"secret\\": \\"x\\", \\"n\\": 1}"', '"{\\"secret\\": \\"********\\", \\"n\\": 1}"'],
    ["Cookie: a=b; c=d\nHost: x", "Cookie: ********\nHost: x"],
    ['    connect(password="hunter2", user=name)', '    connect(password="********", user=name)'],
    ["    connect(password=password, token=get_token(user))", "    connect(password=password, token=get_token(user))"],
    ["def f(token: str, secret=None):", "def f(token: str, secret=None):"],
    ["    login(password=self.password)", "    login(password=self.password)"],
    ["'a\\napi_key=abc'", "'a\\napi_key=********'"],
    ["--client-secret=abc", "--client-secret=********"],
    ["error: password=x1", "error: password=********"],
    ["key eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln end", "key ******** end"],
    [
      "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
      "-----BEGIN RSA PRIVATE KEY-----********-----END RSA PRIVATE KEY-----",
    ],
    ["KeyError: 'token'", "KeyError: 'token'"],
    ["invalid token", "invalid token"],
    ["the password is wrong", "the password is wrong"],
    ["if password == other:", "if password == other:"],
    [
      'Traceback (most recent call last):\n  File "a.py", line 3, in f',
      'Traceback (most recent call last):\n  File "a.py", line 3, in f',
    ],
  ];
  for (const [text, expected] of texts) {
    it(`leaves of ${JSON.stringify(text)} only what may be seen`, () => assert.equal(redactor.text(text), expected));
  }

  it("redacts message, notes and traceback of an error", () => {
    const error = redactor.error({
      kind: "exception",
      type: "ValueError",
      message: "redis://:pw@h",
      notes: ["token=abc"],
      traceback: "ValueError: redis://:pw@h",
      tracebackSource: "tblib",
    });
    assert.deepEqual(
      [error.message, error.notes, error.traceback],
      ["redis://:********@h", ["token=********"], "ValueError: redis://:********@h"],
    );
  });
});
