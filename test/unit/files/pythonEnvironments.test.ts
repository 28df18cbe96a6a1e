import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { composeMappings } from "../../../src/files/composeMappings";
import { remoteFolderOf } from "../../../src/files/mappedFolder";
import { findEnvironments } from "../../../src/files/pythonEnvironments";
import { pythonLibraries } from "../../../src/files/pythonLibraries";
import { TempFolder } from "../../support/tempFolder";

describe("Python environments of a workspace", () => {
  let folder: TempFolder;
  beforeEach(() => (folder = new TempFolder()));
  afterEach(() => folder.remove());

  const machine = () => ({ home: join(folder.path, "home"), variables: {} as Record<string, string> });

  it("are those in the folder, .venv first, and those of the projects below", async () => {
    for (const name of ["ws/tools-env", "ws/.venv", "ws/venv", "ws/backend/.venv"]) folder.write(`${name}/pyvenv.cfg`);
    folder.write("ws/env/no-config");
    const found = await findEnvironments([join(folder.path, "ws")], machine());
    assert.deepEqual(
      found.map((path) => path.slice(folder.path.length + 1)),
      ["ws/.venv", "ws/venv", "ws/tools-env", "ws/backend/.venv"],
    );
  });

  it("are those of Poetry, Pipenv and pyenv too, by the project's own path", async () => {
    const root = join(folder.path, "ws");
    const hash = (text: string) => createHash("sha256").update(text).digest("base64url").slice(0, 8);
    folder.write("ws/pyproject.toml");
    folder.write("ws/Pipfile");
    folder.write("ws/.python-version", "3.12\n");
    const poetry = `home/.cache/pypoetry/virtualenvs/shop-${hash(root)}-py3.12`;
    const pipenv = `home/.local/share/virtualenvs/ws-${hash(join(root, "Pipfile"))}`;
    for (const name of [poetry, pipenv]) folder.write(`${name}/pyvenv.cfg`);
    folder.write("home/.cache/pypoetry/virtualenvs/other-AAAAAAAA-py3.12/pyvenv.cfg");
    folder.write("home/.pyenv/versions/3.12.7/bin/python3");
    folder.write("home/.pyenv/versions/3.11.9/bin/python3");
    const found = await findEnvironments([root], machine());
    assert.deepEqual(
      found.map((path) => path.slice(folder.path.length + 1)),
      [poetry, pipenv, "home/.pyenv/versions/3.12.7"],
    );
  });

  it("end with the one that VS Code was started in, and the Python on the PATH", async () => {
    const variables = { VIRTUAL_ENV: "/active", PATH: "/usr/bin:relative" };
    assert.deepEqual(await findEnvironments([], { home: "/home/me", variables }), ["/active", "/usr/bin/python3"]);
  });

  it("give their libraries by their folder, or by a python that is a link to another", async () => {
    folder.write("base/lib/python3.12/os.py");
    folder.write("base/bin/python3.12");
    folder.write("ws/.venv/pyvenv.cfg", `home = ${folder.path}/base/bin\ninclude-system-site-packages = false\n`);
    folder.write("ws/.venv/lib/python3.12/site-packages/arq/worker.py");
    folder.write("ws/.venv/bin/activate");
    symlinkSync(join(folder.path, "base/bin/python3.12"), join(folder.path, "ws/.venv/bin/python"));
    const expected = {
      packages: [join(folder.path, "ws/.venv/lib/python3.12/site-packages")],
      standard: [join(folder.path, "base/lib/python3.12")],
    };
    assert.deepEqual(await pythonLibraries(join(folder.path, "ws/.venv")), expected);
    assert.deepEqual(await pythonLibraries(join(folder.path, "ws/.venv/bin/python")), expected);
    assert.deepEqual((await pythonLibraries(join(folder.path, "base/bin/python3.12"))).standard, expected.standard);
    assert.deepEqual(await pythonLibraries("/nowhere/bin/python"), { packages: [], standard: [] });
  });

  it("are read as Windows lays them out, too", async () => {
    folder.write("Python312/Lib/os.py");
    folder.write("Python312/python.exe");
    folder.write("v/pyvenv.cfg", `home = ${folder.path}/Python312\nversion = 3.12.1\n`);
    folder.write("v/Lib/site-packages/arq/worker.py");
    assert.deepEqual(await pythonLibraries(join(folder.path, "v")), {
      packages: [join(folder.path, "v/Lib/site-packages")],
      standard: [join(folder.path, "Python312/Lib")],
    });
  });
});

describe("composeMappings", () => {
  it("pairs the folders of mounts, and of what Dockerfiles copy, variables filled in from .env", async () => {
    const folder = new TempFolder();
    try {
      folder.write("deploy/.env", "CODE=../backend\n");
      folder.write("backend/Dockerfile", "FROM python\nWORKDIR /srv/app\nCOPY src .\n");
      const file = folder.write(
        "deploy/compose.yaml",
        "services:\n  worker:\n    build: ../backend\n    volumes:\n      - ${CODE}:/app\n      - $PWD/conf:/conf\n",
      );
      assert.deepEqual(await composeMappings(file), [
        { remote: "/app", local: join(folder.path, "backend") },
        { remote: "/conf", local: join(folder.path, "deploy/conf") },
        { remote: "/srv/app", local: join(folder.path, "backend/src") },
      ]);
      assert.deepEqual(await composeMappings(join(folder.path, "gone.yml")), []);
    } finally {
      folder.remove();
    }
  });
});

describe("files that say where Python and its containers are", () => {
  let folder: TempFolder;
  beforeEach(() => (folder = new TempFolder()));
  afterEach(() => folder.remove());
  const blanks = " ".repeat(300_000);

  it("are read in linear time, with quotes and blanks around values", async () => {
    folder.write(".env", `A = "./a b"  \nB='./b'\nD=x${blanks}y\nexport E=./e\n`);
    const volumes = ["A", "B", "E"].map((name) => `      - \${${name}}:/${name}\n`).join("");
    const file = folder.write("compose.yaml", `services:\n  worker:\n    image: x\n    volumes:\n${volumes}`);
    assert.deepEqual(
      (await composeMappings(file)).map(({ local }) => local.slice(folder.path.length + 1)),
      ["a b", "b", "e"],
    );
  });

  it("are not read where they are longer than such a file is", async () => {
    folder.write("base/lib/python3.12/os.py");
    const config = `home = ${folder.path}/base/bin\nversion = 3.12.1\n`;
    folder.write("short/pyvenv.cfg", config);
    folder.write("long/pyvenv.cfg", `${config}x = a${blanks}b\n`);
    const standard = async (name: string) => (await pythonLibraries(join(folder.path, name))).standard.length;
    assert.deepEqual([await standard("short"), await standard("long")], [1, 0]);
  });
});

describe("remoteFolderOf", () => {
  it("is what lies above the longest tail that the local folder has", async () => {
    const folder = new TempFolder();
    try {
      folder.write("backend/shop/tasks.py");
      const local = join(folder.path, "backend");
      assert.equal(await remoteFolderOf("/srv/app/shop/tasks.py", local), "/srv/app");
      assert.equal(await remoteFolderOf("C:\\Build\\shop\\tasks.py", local), "C:\\Build");
      assert.equal(await remoteFolderOf("/srv/app/shop/other.py", local), null);
      assert.equal(await remoteFolderOf("<string>", local), null);
    } finally {
      folder.remove();
    }
  });
});
