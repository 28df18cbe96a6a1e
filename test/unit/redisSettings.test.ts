import assert from "node:assert/strict";
import { composeServices, findRedisUrls } from "../../src/python/redisSettings";

type Source = Parameters<typeof findRedisUrls>[1];

function urls(text: string, source: Source): string[] {
  return findRedisUrls(text, source).map(({ url }) => url);
}

describe("findRedisUrls", () => {
  const tables: Record<Source, [text: string, found: string[]][]> = {
    env: [
      ["REDIS_URL=redis://localhost:6379/1", ["redis://localhost:6379/1"]],
      [
        'export ARQ_REDIS_URL="rediss://u:p@cache.example.com:6380/0" # ours',
        ["rediss://u:p@cache.example.com:6380/0"],
      ],
      ["QUEUE='unix:///run/redis.sock?db=2'", ["unix:///run/redis.sock?db=2"]],
      ["QUEUE=redis://h:1/0 # comment", ["redis://h:1/0"]],
      ["REDIS_URL=redis://${REDIS_HOST}:6379", []],
      ["#REDIS_URL=redis://localhost", []],
      ["REDIS_URL=redis://a\nOTHER=redis://a", ["redis://a"]],
      ["REDIS_HOST=cache\nREDIS_PORT=6380\nREDIS_DB=3", ["redis://cache:6380/3"]],
      ["ARQ_REDIS_HOST=cache\nREDIS_HOST=other", ["redis://cache:6379/0", "redis://other:6379/0"]],
      ["REDIS_HOST=cache\nREDIS_PASSWORD=a@b:c/d\nREDIS_SSL=true", ["rediss://:a%40b%3Ac%2Fd@cache:6379/0"]],
      ["REDIS_HOST=cache\nREDIS_USER=me\nREDIS_PASSWORD=${SECRET}", ["redis://me@cache:6379/0"]],
      ["REDIS_HOST=${HOST}", []],
      ["REDIS_PORT=6379", []],
      ["REDIS_HOST=cache\nREDIS_PORT=99999", []],
      ["DB_HOST=postgres\nDB_PORT=5432", []],
    ],
    compose: [
      ["services:\n  redis:\n    image: redis:7\n    ports:\n      - '6380:6379'", ["redis://localhost:6380/0"]],
      ["services:\n  q:\n    image: valkey/valkey:8\n    ports: ['127.0.0.1:7000:6379']", ["redis://localhost:7000/0"]],
      [
        "services:\n  q:\n    image: r.io:5000/x/redis\n    ports:\n    - 10.0.0.5:7000:6379",
        ["redis://10.0.0.5:7000/0"],
      ],
      [
        "services:\n  q:\n    image: redis\n    ports:\n      - target: 6379\n        published: 6400",
        ["redis://localhost:6400/0"],
      ],
      ["services:\n  q:\n    image: redis\n    ports:\n      - ${PORT:-6390}:6379", ["redis://localhost:6390/0"]],
      ["services:\n  q:\n    image: redis\n    ports:\n      - ${PORT}:6379\n      - 6379", []],
      ["services:\n  q:\n    image: redis\n  web:\n    image: nginx\n    ports:\n      - 80:80", []],
      ["services:\n  q:\n    image: oliver006/redis_exporter\n    ports:\n      - 9121:9121", []],
      ["services:\n  w:\n    environment:\n      REDIS_URL: redis://redis:6379/0\n", ["redis://redis:6379/0"]],
      ["services:\n  w:\n    environment:\n      - REDIS_URL=redis://redis:6379/2 # x\n", ["redis://redis:6379/2"]],
      [
        "services:\n  w:\n    environment:\n      - REDIS_URL=${URL:-redis://redis}\n      - B=${URL}",
        ["redis://redis"],
      ],
      ["volumes:\n  redis:\n    image: redis\n    ports:\n      - 1:2", []],
    ],
    python: [
      ["RedisSettings()", ["redis://localhost:6379/0"]],
      ["redis_settings = RedisSettings(host='cache', port=6380, database=2)", ["redis://cache:6380/2"]],
      ['RedisSettings("cache", 6380, password="p w", ssl=True)', ["rediss://:p%20w@cache:6380/0"]],
      ["RedisSettings(\n    host='cache',  # 'x', port=1\n    port=6380,\n)", ["redis://cache:6380/0"]],
      ["arq.connections.RedisSettings(unix_socket_path='/run/r.sock', database=1)", ["unix:///run/r.sock?db=1"]],
      ["RedisSettings(host='cache', password=os.environ['P'], conn_timeout=f(1, 2))", ["redis://cache:6379/0"]],
      ["RedisSettings(host=os.environ['H'])", []],
      ["RedisSettings(host=settings.host, port=6379)", []],
      ["RedisSettings(host='a' + b)", []],
      ["RedisSettings(host=f'{x}')", []],
      ["RedisSettings(port=int(os.getenv('PORT', 1)))", []],
      ["RedisSettings(host=[('s1', 26379)], sentinel=True)", []],
      ["RedisSettings(**options)", []],
      ["RedisSettings(*options)", []],
      ["class RedisSettings(Base): pass", []],
      ["RedisSettings(host='a'", []],
      ["from arq.connections import RedisSettings", []],
      ["# RedisSettings()\nx = 'RedisSettings()'\n'''\nRedisSettings()\n'''", []],
      ["RedisSettings.from_dsn('redis://cache:6380/4')", ["redis://cache:6380/4"]],
      ["RedisSettings.from_dsn(os.getenv('REDIS_URL', 'redis://cache'))", ["redis://cache"]],
      ["RedisSettings.from_dsn(os.environ['REDIS_URL'])", []],
      ["RedisSettings.from_dsn(f'redis://{host}')", []],
      ["RedisSettings.from_dsn('redis://' 'cache')", []],
      ["redis_url: str = 'redis://cache/1'", ["redis://cache/1"]],
      ["'''see redis://example.com for more'''", []],
    ],
  };
  for (const source of ["env", "compose", "python"] as const) {
    for (const [text, found] of tables[source]) {
      it(`finds ${found.length === 0 ? "nothing" : found.join(" and ")} in ${source} ${JSON.stringify(text)}`, () => {
        assert.deepEqual(urls(text, source), found);
      });
    }
  }

  it("names the place, and never a password", () => {
    const found = [
      ...findRedisUrls("A=1\nREDIS_HOST=h\nREDIS_PASSWORD=secret", "env"),
      ...findRedisUrls("services:\n  q:\n    image: redis\n    ports:\n      - 1:6379\n", "compose"),
      ...findRedisUrls(
        "\n\nURL: str = 'redis://:secret@h'\nRedisSettings(password='secret')\nf.from_dsn('redis://b')",
        "python",
      ),
    ];
    assert.deepEqual(
      found.map(({ line, label }) => [line, label]),
      [
        [2, "REDIS_HOST"],
        [5, "service q"],
        [3, "URL"],
        [4, "RedisSettings"],
        [5, "RedisSettings.from_dsn"],
      ],
    );
  });

  it("survives hostile text of every kind", () => {
    const texts = ['"""', "RedisSettings(", '"\\', "services:\n  a:\n", 'A="', "((((", "REDIS_HOST=\n", "\\", "'''x\\"];
    for (const source of ["env", "compose", "python"] as const) {
      for (const text of texts) assert.doesNotThrow(() => findRedisUrls(text.repeat(20_000), source));
    }
    assert.doesNotThrow(() => findRedisUrls(`"""${"a".repeat(900_000)}`, "python"));
  });
});

describe("composeServices", () => {
  it("lists the names below services", () => {
    const text = `
name: shop
services: # ours
  # the queue
  redis:
    image: redis
    ports:
      - "6379:6379"

  'worker':
    build: .
    environment: &env
      A: b
  web-1: { image: nginx }
volumes:
  data:
`;
    assert.deepEqual(composeServices(text), ["redis", "worker", "web-1"]);
  });

  it("finds none in other files", () => {
    for (const text of ["", "services:", "services: []\nvolumes:\n  a:", "a:\n  services:\n    b:"]) {
      assert.deepEqual(composeServices(text), [], text);
    }
  });
});
