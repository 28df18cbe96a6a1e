import assert from "node:assert/strict";
import { Redactor } from "../../src/arq/redact";

const redactor = new Redactor({ own: ["iban", "acme_live_*"] });

describe("Redactor.text", () => {
  /** What is left of each text. */
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
    // URLs, whole, cut off, escaped, and with passwords that end the authority.
    ["redis://:pa/ss@host/0", "redis://:********@host/0"],
    ["redis://ann:hunt", "redis://ann:********"],
    ["redis:\\/\\/ann:pw@host", "redis:\\/\\/ann:********@host"],
    ["next=redis%3A%2F%2Fann%3Apw%40host", "next=redis%3A%2F%2Fann%3A********%40host"],
    ["http://[::1]:6379/a@b http://localhost:6379", "http://[::1]:6379/a@b http://localhost:6379"],
    ["netloc='ann:pw@db.host:5432'", "netloc='ann:********@db.host:5432'"],
    ["'mailto:ann@example.com'", "'mailto:ann@example.com'"],
    [
      "https://x.blob.core.windows.net/c?sv=1&sig=abc%3D&se=2",
      "https://x.blob.core.windows.net/c?sv=1&sig=********&se=2",
    ],
    ["https://hooks.slack.com/services/T000/B000/abcdefghijklmn", "https://hooks.slack.com/services/********"],
    // Values with structure.
    ["'password': ['a', 'b'], 'n': 1", "'password': ********, 'n': 1"],
    ['{"password": {"a": ")"}, "n": 1}', '{"password": ********, "n": 1}'],
    ["Login(password=('x', 1), user='ann')", "Login(password=********, user='ann')"],
    ["token=Token(value='abc')", "token=Token(********)"],
    ["SecretStr('abc'), shop.BasicAuth('ann', 'pw')", "SecretStr(********), shop.BasicAuth(********)"],
    ["Credentials(token=token)", "Credentials(token=token)"],
    ["token=[x for x in y]", "token=[x for x in y]"],
    ["password: str | None = 'abc'", "password: str | None = '********'"],
    ["d['password'] = 'abc'", "d['password'] = '********'"],
    ['token=os.getenv("TOKEN") or settings["token"]', 'token=os.getenv("TOKEN") or settings["token"]'],
    // Other ways to put a name and its value together.
    ["--password hunter2 --user x", "--password ******** --user x"],
    ["['mysql', '--password', 'hunter2', 'db']", "['mysql', '--password', '********', 'db']"],
    ["('X-Api-Key', 'abc'), ('Accept', 'x')", "('X-Api-Key', '********'), ('Accept', 'x')"],
    ["<password>abc</password><user>x</user>", "<password>********</password><user>x</user>"],
    ['{"name": "API_KEY", "value": "abc"}', '{"name": "API_KEY", "value": "********"}'],
    [
      "user.password\n  too short [type=too_short, input_value='abc', input_type=str]",
      "user.password\n  too short [type=too_short, input_value=********, input_type=str]",
    ],
    [
      "L\\nuser.password\\n  too short [type=too_short, input_value=\\'abc\\', input_type=str]",
      "L\\nuser.password\\n  too short [type=too_short, input_value=********, input_type=str]",
    ],
    ["(multidict.istr('X-Api-Key'), 'abc')", "(multidict.istr('X-Api-Key'), '********')"],
    ["<SimpleCookie: sid='abc'>", "<SimpleCookie: ********>"],
    ["[Cookie(version=0, name='sid', value='abc')]", "[Cookie(********)]"],
    ["b'\\x94\\x8c\\x08password\\x94\\x8c\\x03abc\\x94s.'", "b'\\x94\\x8c\\x08password********'"],
    ["Server=x;Password=p@ss word;Database=d", "Server=x;Password=********;Database=d"],
    ["host=h password=secret dbname=x", "host=h password=******** dbname=x"],
    ["API key: abc, card number: 4111 1111 1111 1111", "API key: ********, card number: ********"],
    ["wrong password 'abc'", "wrong password '********'"],
    ["a%26password%3Dabc", "a%26password%3D********"],
    ['\\\\\\"password\\\\\\": \\\\\\"abc\\\\\\"', '\\\\\\"password\\\\\\": \\\\\\"********\\\\\\"'],
    ['Authorization: Digest username="a", response="abc"', "Authorization: ********"],
    ["cookies = b'sid=abc'", "cookies = b'********'"],
    // What is known by its look.
    ["ASIAABCDEFGHIJKLMNOP ghp_abcdefghijklmnopqrstuvwxyz", "******** ********"],
    ["AIzaSyA-abcdefghijklmnopqrstuvwxyz12345", "********"],
    ["$2b$12$abcdefghijklmnopqrstuvabcdefghijklmnopqrstuvwxyz01234", "********"],
    ["Basic PostgreSQL server", "Basic PostgreSQL server"],
    ['if "-----BEGIN PRIVATE KEY-----" in text:', 'if "-----BEGIN PRIVATE KEY-----********" in text:'],
    ["-----BEGIN EC PRIVATE KEY-----\\nMIIabc\\n…", "-----BEGIN EC PRIVATE KEY-----********…"],
    // What the user names.
    ["iban: DE12 and acme_live_77, not acme_test_77", "iban: ******** and ********, not acme_test_77"],
    // What must stay.
    [
      "max_tokens=5 token_count=3 prompt_tokens: 7 tokens=500",
      "max_tokens=5 token_count=3 prompt_tokens: 7 tokens=500",
    ],
    ["author=ann passenger=bob secretary=eve key=3 monkey=4", "author=ann passenger=bob secretary=eve key=3 monkey=4"],
    ["password=%s token={token} secret=$SECRET", "password=%s token={token} secret=$SECRET"],
    ["self.token = id_token; f(key=secret_key)", "self.token = id_token; f(key=secret_key)"],
    ["password: pydantic.SecretStr", "password: pydantic.SecretStr"],
    ["if 'a' not in token or 'expiresAt' not in x", "if 'a' not in token or 'expiresAt' not in x"],
    ["the claims of a token::", "the claims of a token::"],
    ["unexpected keyword argument 'token'", "unexpected keyword argument 'token'"],
    ["InvalidCredentials('no such user')", "InvalidCredentials('no such user')"],
  ];
  for (const [text, expected] of texts) {
    it(`leaves of ${JSON.stringify(text)} only what may be seen, also a second time`, () => {
      assert.equal(redactor.text(text), expected);
      assert.equal(redactor.text(expected), expected);
    });
  }

  it("takes time that grows with the text, whatever stands in it", () => {
    // A middle dot stands for a space.
    const units =
      ":// ://a:b eyJ- ghp_ token=( token=[1, password=' a bearer· ( ('token',' <a <token> --token· token\n a:b@ " +
      "-----BEGIN·RSA·PRIVATE·KEY-----\n %3a%2f%2fa%3a ;password= {'password':·{'a':· token=1234· $2b$12$ " +
      "SecretStr( token:·a·|· acme_live_ *********";
    for (const unit of units.split(" ").map((each) => each.replaceAll("·", " "))) {
      assert.ok(redactor.text(`@://${unit.repeat(400_000 / unit.length)}`).length > 0);
    }
  }).timeout(120_000);
});

describe("the setting arq.redact", () => {
  const problem = (entry: string): string | undefined => new Redactor({ own: [entry] }).problems[0];

  it("takes names, classes and looks", () => {
    const rules = new Redactor({ own: ["iban", "shop.models.Card", "acme_*_key_*"] });
    assert.deepEqual(rules.problems, []);
    assert.equal(rules.text("customerIban=1234 IBAN='x'"), "customerIban=******** IBAN='********'");
    assert.equal(rules.text("ACME_live_key_77 acme_key"), "******** acme_key");
  });

  for (const entry of ["/a+b/", "/(a+)+$/gi"]) {
    it(`says that ${entry} is a regular expression, which it does not take`, () => {
      assert.match(problem(entry) ?? "", /^arq\.redact: "\/.*" is not used: regular expressions are not taken/);
    });
  }
  for (const entry of ["", "  ", "*", "a*", "*_*", "---", "x".repeat(201)]) {
    it(`does not use ${JSON.stringify(entry.slice(0, 10))}, and says so`, () => {
      assert.match(problem(entry) ?? "", /is not used/);
      assert.equal(new Redactor({ own: [entry] }).text("plain words stay"), "plain words stay");
    });
  }

  it("costs nothing else when an entry is wrong", () => {
    assert.equal(new Redactor({ own: ["/x/", "iban"] }).text("iban=12345"), "iban=********");
  });
});
