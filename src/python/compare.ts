import type { PyValue } from "./value";

/**
 * How Python orders two counts of a Counter: below 0, 0 or above 0; null where it would refuse (`1 < "a"`) or where it cannot
 * be told here. Numbers of all kinds compare by value, texts by code points, tuples and lists item by item.
 */
export function compareCounts(a: PyValue, b: PyValue): number | null {
  // Pairs whose order decides while all before them are equal; a stack of the rest, so that nothing recurses.
  const stack: (readonly [PyValue | undefined, PyValue | undefined])[] = [[a, b]];
  for (let steps = 0; steps < 10_000; steps += 1) {
    const pair = stack.pop();
    if (pair === undefined) return 0;
    const [left, right] = pair;
    if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? -1 : 1;
    if ((left.kind === "tuple" || left.kind === "list") && right.kind === left.kind) {
      const shorter = Math.min(left.items.length, right.items.length);
      if (shorter > 1000) return null;
      if (left.items.length !== right.items.length) stack.push([left.items[shorter], right.items[shorter]]);
      for (let index = shorter - 1; index >= 0; index -= 1) stack.push([left.items[index], right.items[index]]);
    } else {
      const order = compareScalars(left, right);
      if (order !== 0) return order;
    }
  }
  return null;
}

function compareScalars(a: PyValue, b: PyValue): number | null {
  if (a.kind === "str" && b.kind === "str") return compareTexts(a.value, b.value);
  if ((a.kind === "bytes" || a.kind === "bytearray") && (b.kind === "bytes" || b.kind === "bytearray"))
    return compareBytes(a.value, b.value);
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left === null || right === null) return null;
  if (left.below === 1n && right.below === 1n) {
    // JavaScript compares BigInt and number exactly, as Python does int and float.
    if (left.above < right.above) return -1;
    return left.above > right.above ? 1 : Number.isNaN(left.above) || Number.isNaN(right.above) ? null : 0;
  }
  // Fractions by the cross product.
  const exact = [exactFraction(left), exactFraction(right)] as const;
  if (exact[0] === null || exact[1] === null) return null;
  const difference = exact[0].above * exact[1].below - exact[1].above * exact[0].below;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** A number as `above / below`. */
interface Ratio<Above> {
  readonly above: Above;
  readonly below: bigint;
}

function numberOf(value: PyValue): Ratio<bigint | number> | null {
  switch (value.kind) {
    case "bool":
      return { above: value.value ? 1n : 0n, below: 1n };
    case "int":
    case "float":
      return { above: value.value, below: 1n };
    case "call":
      return value.callee.kind === "global"
        ? ratioOf(`${value.callee.module}.${value.callee.qualname}`, value.args)
        : null;
    default:
      return null;
  }
}

/** `Decimal('1.5')`, `Fraction(3, 2)`, `Fraction('3/2')`; null for NaN, infinities and huge exponents. */
function ratioOf(name: string, [first, second]: readonly PyValue[]): Ratio<bigint> | null {
  if (name === "fractions.Fraction" && first?.kind === "int" && second?.kind === "int")
    return { above: first.value, below: second.value };
  if (first?.kind !== "str" || first.value.length > 1000) return null;
  if (name === "fractions.Fraction") {
    const [, above, below = "1"] = /^(-?\d+)(?:\/(\d+))?$/.exec(first.value) ?? [];
    return above === undefined ? null : { above: BigInt(above), below: BigInt(below) };
  }
  const [, sign, whole = "", fraction = "", power = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]\d{1,3}))?$/.exec(first.value) ?? [];
  if (name !== "decimal.Decimal" || sign === undefined) return null;
  const exponent = Number(power) - fraction.length;
  const digits = BigInt(sign + whole + fraction);
  return exponent < 0
    ? { above: digits, below: 10n ** BigInt(-exponent) }
    : { above: digits * 10n ** BigInt(exponent), below: 1n };
}

function exactFraction({ above, below }: Ratio<bigint | number>): Ratio<bigint> | null {
  if (typeof above === "bigint") return { above, below };
  if (!Number.isFinite(above)) return null;
  // Doubling is exact, and every float is whole after at most 1074 of them.
  let [value, power] = [above, 1n];
  while (!Number.isInteger(value)) {
    value *= 2;
    power *= 2n;
  }
  return { above: BigInt(value), below: power };
}

/** By code points: UTF-16 units would put U+FFFF after U+10000. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  let at = 0;
  while (at < a.length && at < b.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
  if (at >= a.length || at >= b.length) return a.length - b.length;
  const rank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
  return rank(left) - rank(right);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length && at < b.length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
