// Records payloads that ARQ's own serializers make under Python 3.14, with the Python that npm's `pyodide` carries:
//   npm pack pyodide@314.0.7 && tar xzf pyodide-314.0.7.tgz
//   pip install --target site --no-deps arq==0.28.0 'redis<6' click PyJWT
//   node test/arq/recordings/record314.mjs package site
// writes test/arq/recordings/python-3.14.jsonl.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [folder, site] = process.argv.slice(2).map((argument) => resolve(argument));
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const python = await loadPyodide();
python.FS.mkdirTree("/site");
python.FS.mount(python.FS.filesystems.NODEFS, { root: site }, "/site");
python.runPython('import sys; sys.path.append("/site")');
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const recorded = await python.runPythonAsync(readFileSync(here("record314.py"), "utf8"));
writeFileSync(here("python-3.14.jsonl"), `${recorded}\n`);
