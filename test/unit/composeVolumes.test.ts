import assert from "node:assert/strict";
import { composeFolders } from "../../src/python/composeVolumes";
import { copiedFolders } from "../../src/python/dockerfileFolders";

describe("composeFolders", () => {
  it("reads mounts in short and long syntax, of services and of anchors, and watched folders", () => {
    const text = `
x-app: &app
  volumes:
    - ./common:/opt/common:ro   # shared
services:
  worker:
    <<: *app
    build:
      context: ./backend
      dockerfile: docker/Worker.Dockerfile
    working_dir: /app
    volumes:
    - "./backend:/app:cached"
    - data:/var/lib/data
    - \${CODE_DIR:-./fallback}:/code
    - ~/shared:/shared
    - C:\\code:/windows
    - type: bind
      source: ./long
      target: /long
      read_only: true
    - target: /reversed
      source: ./reversed
      type: bind
  web:
    build: .
    volumes: ["./web:/srv/web", 'cache:/c']
    develop:
      watch:
        - action: sync
          path: ./watched
          target: /watched
  remote:
    build: https://github.com/acme/shop.git
volumes:
  data:
  ./not:/a-mount
`;
    const { mounts, builds } = composeFolders(text, { HOME: "/home/me" });
    assert.deepEqual(
      mounts.map(({ source, target }) => `${source} → ${target}`),
      [
        "./common → /opt/common",
        "./backend → /app",
        "./fallback → /code",
        "~/shared → /shared",
        "C:\\code → /windows",
        "./long → /long",
        "./reversed → /reversed",
        "./web → /srv/web",
        "./watched → /watched",
      ],
    );
    assert.deepEqual(builds, [
      { context: "./backend", dockerfile: "docker/Worker.Dockerfile" },
      { context: ".", dockerfile: null },
    ]);
  });

  it("fills in variables as compose does", () => {
    const text = "services:\n  a:\n    volumes:\n      - $ROOT/a:/a\n      - ${ROOT}/b:/b\n      - ${NONE}:/c\n";
    assert.deepEqual(composeFolders(text, { ROOT: "/r" }).mounts, [
      { source: "/r/a", target: "/a" },
      { source: "/r/b", target: "/b" },
    ]);
  });

  it("reads a long and broken file in linear time", () => {
    const text = "a:\n" + "  volumes:\n    - target: /x\n".repeat(50_000);
    assert.deepEqual(composeFolders(text, {}).mounts, []);
  });
});

describe("copiedFolders", () => {
  it("follows WORKDIR and COPY through the stages", () => {
    const text = `
FROM python:3.12 AS build
WORKDIR /build
COPY pyproject.toml ./
FROM python:3.12-slim
WORKDIR /srv
WORKDIR app
COPY --chown=app:app . .
COPY src/ ./src
COPY ["lib", "/opt/lib"]
COPY worker.py settings.py /opt/worker/
COPY shop/tasks.py /opt/tasks.py
COPY --from=build /build/out ./out
ADD $CODE /code
COPY conf/*.py /conf/
COPY \\
  tools \\
  /tools
`;
    assert.deepEqual(
      copiedFolders(text).map(({ source, target }) => `${source || "."} → ${target}`),
      [
        ". → /build",
        ". → /srv/app",
        "src → /srv/app/src",
        "lib → /opt/lib",
        ". → /opt/worker",
        ". → /opt/worker",
        "shop → /opt",
        "tools → /tools",
      ],
    );
  });

  it("begins a stage in the folder where the stage ended that it is made from", () => {
    const text = `
FROM python:3.12 AS base
WORKDIR /app
FROM --platform=linux/amd64 Base as Tools
WORKDIR tools
COPY a .
FROM base AS final
COPY . .
FROM tools
COPY b .
FROM python:3.12
COPY c .
`;
    assert.deepEqual(
      copiedFolders(text).map(({ source, target }) => `${source || "."} → ${target}`),
      ["a → /app/tools", ". → /app", "b → /app/tools", "c → /"],
    );
  });

  it("reads lines of any length in linear time", () => {
    const blanks = " ".repeat(400_000);
    assert.deepEqual(copiedFolders(`COPY a${blanks}/b${blanks}\n`), [{ source: "a", target: "/b" }]);
    assert.equal(copiedFolders(`COPY a/${"/".repeat(400_000)}b /c`)[0]?.target, "/c");
  });
});
