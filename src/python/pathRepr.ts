import { typeOf } from "./objectView";
import type { Group } from "./reprParts";
import { callGroup } from "./reprParts";
import type { PyCall } from "./value";

/** Paths by the dotted names a pickle calls: `pathlib` (up to 3.12, and again from 3.14) and `pathlib._local` (3.13). */
export const pathPrinters: Readonly<Record<string, (call: PyCall) => Group | null>> = Object.fromEntries(
  ["pathlib", "pathlib._local"].flatMap((module) =>
    ["PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"].map((name) => [`${module}.${name}`, printPath]),
  ),
);

function printPath(call: PyCall): Group | null {
  const text = pathText(call);
  const name = typeOf(call)?.qualname ?? "";
  if (text === null) return null;
  const shown = isWindows(call) ? text.replaceAll("\\", "/") : text;
  return callGroup(name, [{ kind: "str", value: shown }]);
}

/** Windows' own limit, the highest of any system; taking a path apart costs 100 ns for each of its characters. */
const longestPath = 32_767;

/** `str()` of a pickled path: its parts joined (up to 3.12) or the texts it was made of (3.13), normalised as pathlib does; else null. */
export function pathText(call: PyCall): string | null {
  const parts: string[] = [];
  let length = 0;
  for (const arg of call.args) {
    if (arg.kind !== "str") return null;
    length += arg.value.length;
    if (length > longestPath) return null;
    parts.push(arg.value);
  }
  return isWindows(call) ? windowsPath(parts) : posixPath(parts);
}

function isWindows(call: PyCall): boolean {
  return typeOf(call)?.qualname.includes("Windows") ?? false;
}

/** `posixpath.join`, then without `.` and doubled slashes; two leading slashes have a meaning of their own and stay. */
function posixPath(parts: readonly string[]): string {
  const relevant = parts.slice(
    Math.max(
      0,
      parts.findLastIndex((part) => part.startsWith("/")),
    ),
  );
  const [first = ""] = relevant;
  const root = /^\/\/(?!\/)/.test(first) ? "//" : first.startsWith("/") ? "/" : "";
  return root + relevant.flatMap((part) => names(part, "/")).join("/") || ".";
}

interface Split {
  readonly drive: string;
  readonly root: string;
  readonly rest: string;
}

function windowsPath(parts: readonly string[]): string {
  const split = splitRoot(joinWindows(parts.map((part) => part.replaceAll("/", "\\"))));
  const { drive, rest } = split;
  let { root } = split;
  if (root === "" && drive.startsWith("\\") && !drive.endsWith("\\")) {
    const pieces = drive.split("\\");
    // `\\server\share` and `\\?\UNC\server\share` have a root though none is written.
    // (CPython tests the third piece with `not in "?."`, which an empty one is in.)
    if ((pieces.length === 4 && !/^[?.]?$/.test(pieces[2] ?? "")) || pieces.length === 6) root = "\\";
  }
  const tail = names(rest, "\\");
  if (drive + root !== "") return drive + root + tail.join("\\");
  // A first name that reads like a drive.
  return (/^.:/su.test(tail[0] ?? "") ? ".\\" : "") + tail.join("\\") || ".";
}

/** `ntpath.join`, which keeps drive, root and rest apart until the end. */
function joinWindows(parts: readonly string[]): string {
  const [first = "", ...others] = parts;
  let { drive, root, rest } = splitRoot(first);
  for (const part of others) {
    const next = splitRoot(part);
    if (next.root !== "") {
      if (next.drive !== "" || drive === "") drive = next.drive;
      ({ root, rest } = next);
    } else if (next.drive !== "" && next.drive.toLowerCase() !== drive.toLowerCase()) {
      ({ drive, root, rest } = next);
    } else {
      if (next.drive !== "") drive = next.drive;
      rest += (rest === "" || rest.endsWith("\\") ? "" : "\\") + next.rest;
    }
  }
  const between = rest !== "" && root === "" && drive !== "" && !/[:\\]$/.test(drive) ? "\\" : root;
  return drive + between + rest;
}

/** `ntpath.splitroot`: drive letter, UNC share or device; the separator after it; the rest. */
function splitRoot(path: string): Split {
  if (path.startsWith("\\\\")) {
    const start = path.slice(0, 8).toUpperCase() === "\\\\?\\UNC\\" ? 8 : 2;
    const server = path.indexOf("\\", start);
    const share = server < 0 ? -1 : path.indexOf("\\", server + 1);
    if (share < 0) return { drive: path, root: "", rest: "" };
    return { drive: path.slice(0, share), root: "\\", rest: path.slice(share + 1) };
  }
  if (path.startsWith("\\")) return { drive: "", root: "\\", rest: path.slice(1) };
  const drive = /^.:/su.exec(path)?.[0] ?? "";
  const root = drive !== "" && path.startsWith("\\", drive.length) ? "\\" : "";
  return { drive, root, rest: path.slice(drive.length + root.length) };
}

function names(path: string, separator: string): string[] {
  return path.split(separator).filter((name) => name !== "" && name !== ".");
}
