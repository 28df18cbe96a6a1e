import type { PyValue } from "./value";

const maxParts = 256;

/**
 * A text that is the same for two values exactly when Python calls them equal as dict keys (`1 == 1.0 == True`), or null where
 * that cannot be told: objects, NaN, unhashable values, and tuples with more than 256 parts.
 */
export function equalityKey(value: PyValue): string | null {
  const parts: string[] = [];
  const stack: (PyValue | string)[] = [value];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (typeof top === "string") {
      parts.push(top);
    } else if (top.kind === "tuple") {
      stack.push(")");
      for (let index = top.items.length - 1; index >= 0; index -= 1) stack.push(top.items[index] ?? "");
      parts.push("(");
    } else {
      const key = scalarKey(top);
      if (key === null) return null;
      parts.push(key);
    }
    if (parts.length + stack.length > maxParts) return null;
  }
  return parts.length === 1 ? (parts[0] ?? null) : parts.map((part) => `${part.length}:${part}`).join("");
}

function scalarKey(value: PyValue): string | null {
  switch (value.kind) {
    case "none":
      return "none";
    case "bool":
      return value.value ? "n1" : "n0";
    case "int":
      return `n${value.value.toString(16)}`;
    case "float":
      if (Number.isNaN(value.value)) return null;
      return Number.isInteger(value.value) ? `n${BigInt(value.value).toString(16)}` : `f${value.value}`;
    case "str":
      return `s${value.value}`;
    case "bytes":
      return value.value.length > 65_536
        ? null
        : `b${Array.from(value.value, (byte) => String.fromCharCode(byte)).join("")}`;
    case "global":
      return `g${value.module}\n${value.qualname}`;
    default:
      return null;
  }
}

/** Lets a later equal key replace the value of the earlier one in place, as a Python dict does. */
export function mergeEqualKeys(entries: [PyValue, PyValue][]): void {
  if (entries.length < 2 || hasDistinctTexts(entries)) return;
  const seen = new Map<string, [PyValue, PyValue]>();
  let kept = 0;
  for (const entry of entries) {
    const key = equalityKey(entry[0]);
    const earlier = key === null ? undefined : seen.get(key);
    if (earlier === undefined) {
      if (key !== null) seen.set(key, entry);
      entries[kept] = entry;
      kept += 1;
    } else {
      earlier[1] = entry[1];
    }
  }
  entries.length = kept;
}

/** The usual case by far (every payload is one), and several times quicker than making keys. */
function hasDistinctTexts(entries: readonly (readonly [PyValue, PyValue])[]): boolean {
  const texts = new Set<string>();
  for (const [key] of entries) {
    if (key.kind !== "str") return false;
    texts.add(key.value);
  }
  return texts.size === entries.length;
}

/** Drops later equal items, as a Python set does. */
export function dropEqualItems(items: PyValue[]): void {
  const seen = new Set<string>();
  let kept = 0;
  for (const item of items) {
    const key = equalityKey(item);
    if (key !== null && seen.has(key)) continue;
    if (key !== null) seen.add(key);
    items[kept] = item;
    kept += 1;
  }
  items.length = kept;
}
