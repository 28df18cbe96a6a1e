import assert from "node:assert/strict";
import { ConnectError, type ConnectPhase } from "../../src/redis/connectError";
import { connectionProblem } from "../../src/redis/connectionProblem";
import type { ConnectionProblem } from "../../src/monitor/ports";

const settings = {
  address: "cache:6379/0",
  host: "cache",
  tls: null,
  db: 99,
  username: "alice",
  password: "hunter2",
};

function failure(
  phase: ConnectPhase,
  cause: { code?: string; message?: string } | null,
  timedOut = false,
): ConnectError {
  return new ConnectError(
    phase,
    timedOut,
    cause === null ? null : Object.assign(new Error(cause.message ?? ""), cause),
  );
}

describe("Connection trouble is told in plain words", () => {
  const cases: [what: string, error: unknown, reason: ConnectionProblem["reason"], words: RegExp][] = [
    ["a closed port", failure("connecting", { code: "ECONNREFUSED" }), "refused", /Nothing listens at cache:6379/],
    [
      "a closed port behind several addresses",
      new ConnectError(
        "connecting",
        false,
        new AggregateError([Object.assign(new Error("x"), { code: "ECONNREFUSED" })]),
      ),
      "refused",
      /Nothing listens/,
    ],
    ["a missing socket file", failure("connecting", { code: "ENOENT" }), "refused", /no socket/],
    [
      "an unknown host",
      failure("connecting", { code: "ENOTFOUND" }),
      "hostUnknown",
      /name cache is not known.*Compose/s,
    ],
    ["a silent host", failure("connecting", null, true), "timeout", /did not answer in time/],
    ["a network without a way there", failure("connecting", { code: "EHOSTUNREACH" }), "timeout", /no way/],
    [
      "a missing password",
      failure("greeting", { message: "NOAUTH Authentication required." }),
      "passwordNeeded",
      /wants a password/,
    ],
    [
      "a server that does not know AUTH and repeats its arguments",
      failure("greeting", { message: "ERR unknown command 'AUTH', with args beginning with: 'alice' 'hunter2' " }),
      "other",
      /does not know the command AUTH/,
    ],
    [
      "another command that is not known, with its arguments",
      new Error("ERR unknown command 'X', with args beginning with: 'alice' "),
      "other",
      /failed: ERR unknown command 'X'\./,
    ],
    ["any error that repeats the password", new Error("bad login: hunter2"), "other", /bad login: \*{8}\./],
    [
      "a wrong password",
      failure("greeting", { message: "WRONGPASS invalid username-password pair" }),
      "passwordWrong",
      /refused the user/,
    ],
    [
      "a wrong password on Redis 5",
      failure("greeting", { message: "ERR invalid password" }),
      "passwordWrong",
      /refused/,
    ],
    [
      "missing rights",
      failure("greeting", { message: "NOPERM this user has no permissions" }),
      "noPermission",
      /SCAN, GET and ZRANGE/,
    ],
    [
      "a database out of range",
      failure("greeting", { message: "ERR DB index is out of range" }),
      "badDatabase",
      /no database 99/,
    ],
    [
      "a server that loads",
      failure("greeting", { message: "LOADING Redis is loading the dataset in memory" }),
      "loading",
      /still loading/,
    ],
    [
      "protected mode",
      failure("greeting", { message: "DENIED Redis is running in protected mode" }),
      "refused",
      /protected mode/,
    ],
    [
      "a full server",
      failure("greeting", { message: "ERR max number of clients reached" }),
      "refused",
      /no more connections/,
    ],
    ["a cluster", failure("established", { message: "MOVED 3999 127.0.0.1:6381" }), "other", /Cluster/],
    [
      "TLS on a plain port that waits",
      failure("securing", null, true),
      "tlsFailed",
      /does not answer in TLS.*redis:\/\//s,
    ],
    [
      "TLS on a plain port that answers",
      failure("securing", { code: "ERR_SSL_WRONG_VERSION_NUMBER", message: "wrong version number" }),
      "tlsFailed",
      /redis:\/\/ instead/,
    ],
    [
      "an untrusted certificate",
      failure("securing", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }),
      "tlsFailed",
      /ssl_ca_certs/,
    ],
    ["an old certificate", failure("securing", { code: "CERT_HAS_EXPIRED" }), "tlsFailed", /outside its dates/],
    [
      "a missing file of authorities",
      new ConnectError("preparing", false, Object.assign(new Error("x"), { code: "ENOENT", path: "/ca.pem" })),
      "tlsFailed",
      /no file \/ca\.pem.*ssl_/s,
    ],
    [
      "a key of another certificate",
      failure("preparing", { code: "ERR_OSSL_X509_KEY_VALUES_MISMATCH" }),
      "tlsFailed",
      /does not belong/,
    ],
    ["a locked key", failure("preparing", { code: "ERR_MISSING_PASSPHRASE" }), "tlsFailed", /passphrase/],
    ["what is no certificate", failure("preparing", { message: "no start line" }), "tlsFailed", /no start line.*PEM/],
    ["another name", failure("securing", { code: "ERR_TLS_CERT_ALTNAME_INVALID" }), "tlsFailed", /serverName/],
    [
      "a server that wants a certificate, said after the handshake",
      failure("greeting", { code: "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED" }),
      "tlsFailed",
      /wants a client certificate/,
    ],
    [
      "a server that does not trust ours",
      failure("greeting", { code: "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA" }),
      "tlsFailed",
      /refused the certificate of this client/,
    ],
    [
      "plain text to a TLS port",
      new ConnectError("greeting", false, null, Buffer.from([0x15, 0x03, 0x03])),
      "tlsExpected",
      /Use rediss:\/\//,
    ],
    ["a server that hangs up at once", failure("greeting", { code: "ECONNRESET" }), "tlsExpected", /Try rediss:\/\//],
    ["a web server", new ConnectError("greeting", false, null, Buffer.from("HTTP/1.1 400")), "notRedis", /web server/],
    ["another server", new ConnectError("greeting", false, null, Buffer.from("SSH-2.0")), "notRedis", /is not Redis/],
    ["a lost connection", failure("established", null), "lost", /was lost/],
    ["a server that stopped answering", failure("established", null, true), "lost", /stopped answering/],
    ["anything else", new Error("boom\nbang."), "other", /failed: boom bang\./],
    ["what is no error at all", "boom", "other", /failed\./],
  ];
  for (const [what, error, reason, words] of cases) {
    it(`for ${what}`, () => {
      const problem = connectionProblem(error, settings);
      assert.equal(problem.reason, reason);
      assert.match(`${problem.message} ${problem.advice}`, words);
      for (const text of [problem.message, problem.advice]) {
        assert.match(text, /\.$/);
        assert.doesNotMatch(text, /hunter2|alice|\n/);
      }
    });
  }
});
