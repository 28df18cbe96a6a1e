import assert from "node:assert/strict";
import { frozenFiles, insideSegments, type NoFile, readFramePath } from "../../src/python/framePath";

describe("readFramePath", () => {
  const none: [file: string, why: NoFile][] = [
    ["", "nothing"],
    ["/", "nothing"],
    ["a\0b.py", "nothing"],
    ["<string>", "generated"],
    ["<attrs generated init shop.models.Order>", "generated"],
    ["<__array_function__ internals>", "generated"],
    ["<template>", "generated"],
    ["<stdin>", "typed"],
    ["<stdin-3>", "typed"],
    ["<python-input-3>", "typed"],
    ["<console>", "typed"],
    ["Cell In[3]", "notebook"],
    ["Cell In[12], line 4", "notebook"],
    ["Input In [3]", "notebook"],
    ["<ipython-input-3-0c6a1f>", "notebook"],
    ["/tmp/ipykernel_4711/2093847561.py", "notebook"],
    ["C:\\Users\\a\\AppData\\Local\\Temp\\ipykernel_12\\34.py", "notebook"],
    ["<command-2381>", "notebook"],
  ];
  for (const [file, why] of none) {
    it(`tells ${JSON.stringify(file)} as ${why}`, () => assert.deepEqual(readFramePath(file), { kind: "none", why }));
  }

  it("knows the module of a frozen frame, and the files that it can be", () => {
    assert.deepEqual(readFramePath("<frozen importlib._bootstrap>"), {
      kind: "frozen",
      module: "importlib._bootstrap",
    });
    assert.deepEqual(frozenFiles("importlib._bootstrap"), [
      ["importlib", "_bootstrap.py"],
      ["importlib", "_bootstrap", "__init__.py"],
    ]);
    assert.deepEqual(frozenFiles("runpy"), [["runpy.py"], ["runpy", "__init__.py"]]);
  });

  const files: [file: string, library: "package" | "standard" | null, inside: string, archive: string | null][] = [
    ["/app/shop/tasks.py", null, "app/shop/tasks.py", null],
    ["/app/.venv/lib/python3.12/site-packages/arq/worker.py", "package", "arq/worker.py", null],
    ["/usr/lib/python3/dist-packages/redis/client.py", "package", "redis/client.py", null],
    ["C:\\v\\Lib\\site-packages\\six.py", "package", "six.py", null],
    ["/usr/local/lib/python3.13t/asyncio/tasks.py", "standard", "asyncio/tasks.py", null],
    ["/opt/conda/envs/shop/lib/python3.11/json/decoder.py", "standard", "json/decoder.py", null],
    ["C:\\Program Files\\Python312\\Lib\\asyncio\\tasks.py", "standard", "asyncio/tasks.py", null],
    ["C:\\Users\\a\\miniconda3\\envs\\shop\\Lib\\asyncio\\tasks.py", "standard", "asyncio/tasks.py", null],
    [
      "C:\\Users\\a\\AppData\\Roaming\\uv\\python\\cpython-3.12.4-windows-x86_64-none\\Lib\\asyncio\\tasks.py",
      "standard",
      "asyncio/tasks.py",
      null,
    ],
    [
      "C:\\Program Files\\WindowsApps\\PythonSoftwareFoundation.Python.3.12_3.12.1264.0_x64__qbz5n2kfra8p0\\Lib\\asyncio\\tasks.py",
      "standard",
      "asyncio/tasks.py",
      null,
    ],
    ["C:\\Users\\a\\.pyenv\\pyenv-win\\versions\\3.12.4\\Lib\\asyncio\\tasks.py", "standard", "asyncio/tasks.py", null],
    ["C:\\hostedtoolcache\\windows\\Python\\3.12.4\\x64\\Lib\\asyncio\\tasks.py", "standard", "asyncio/tasks.py", null],
    ["C:\\Users\\a\\miniforge3\\envs\\shop\\Lib\\asyncio\\tasks.py", "standard", "asyncio/tasks.py", null],
    ["C:/Users/a/miniforge3/Lib/asyncio/tasks.py", "standard", "asyncio/tasks.py", null],
    [
      "C:\\Users\\a\\AppData\\Local\\Python\\pythoncore-3.14-64\\Lib\\asyncio\\tasks.py",
      "standard",
      "asyncio/tasks.py",
      null,
    ],
    ["C:\\code\\python3-shop\\Lib\\tasks.py", null, "C:/code/python3-shop/Lib/tasks.py", null],
    ["C:\\tools\\python311.zip\\json\\decoder.py", "standard", "json/decoder.py", "python311.zip"],
    ["/opt/pypy/lib-python/3/json/decoder.py", "standard", "json/decoder.py", null],
    ["/app/lib.zip/pkg/mod.py", null, "pkg/mod.py", "lib.zip"],
    [
      "/v/lib/python3.9/site-packages/shop-1.0-py3.9.egg/shop/tasks.py",
      "package",
      "shop/tasks.py",
      "shop-1.0-py3.9.egg",
    ],
    ["/home/me/lib/tasks.py", null, "home/me/lib/tasks.py", null],
  ];
  for (const [file, library, inside, archive] of files) {
    it(`knows whose code ${file} is`, () => {
      const path = readFramePath(file);
      assert.ok(path.kind === "file");
      assert.deepEqual([path.library, insideSegments(path).join("/"), path.archive], [library, inside, archive]);
    });
  }

  it("tells absolute paths of either kind", () => {
    const absolute = (file: string): boolean => {
      const path = readFramePath(file);
      return path.kind === "file" && path.absolute;
    };
    assert.deepEqual(["/a/b.py", "C:\\a.py", "c:/a.py", "\\\\host\\a.py"].map(absolute), [true, true, true, true]);
    assert.deepEqual(["a/b.py", "./b.py", "a\\b.py", "tasks.py"].map(absolute), [false, false, false, false]);
  });
});
