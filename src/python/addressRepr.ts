import type { Group } from "./reprParts";
import { group } from "./reprParts";
import { reprStr } from "./scalarRepr";
import type { PyCall } from "./value";

/** Reprs of `ipaddress`, by the dotted name a pickle calls: addresses as numbers, all else as text. */
export const addressPrinters: Readonly<Record<string, (call: PyCall) => Group | string | null>> = Object.fromEntries(
  ["IPv4Address", "IPv6Address", "IPv4Network", "IPv6Network", "IPv4Interface", "IPv6Interface"].map((name) => [
    `ipaddress.${name}`,
    (call: PyCall) => {
      const text = addressText(call);
      return text === null ? null : group(`${name}(`, [reprStr(text)], ")");
    },
  ]),
);

/** `str()` of a pickled address, network or interface; null for what Python would refuse. */
export function addressText({ callee, args }: PyCall): string | null {
  const [first] = args;
  const six = callee.kind === "global" && callee.qualname.startsWith("IPv6");
  if (first?.kind === "int") {
    if (first.value < 0n || first.value >= 1n << (six ? 128n : 32n)) return null;
    return six ? sixText(first.value) : fourText(Number(first.value));
  }
  if (first?.kind !== "str" || first.value.length > 200) return null;
  if (!six) return first.value;
  // Texts of older Pythons are shortened by the rules of 3.13, which shows a mapped IPv4 address as such.
  const [, address = "", rest = ""] = /^([^%/]*)(.*)$/su.exec(first.value) ?? [];
  const number = parseSix(address);
  return number === null ? null : sixText(number) + rest;
}

function fourText(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join(".");
}

function sixText(number: bigint): string {
  if (number >> 32n === 0xffffn) return `::ffff:${fourText(Number(number & 0xffff_ffffn))}`;
  const groups = number
    .toString(16)
    .padStart(32, "0")
    .replaceAll(/.{4}(?=.)/g, "$&:")
    .split(":")
    .map((piece) => Number.parseInt(piece, 16).toString(16));
  // The first of the longest runs of zeros becomes `::`.
  let start = 0;
  let length = 1;
  for (let from = 0; from < 8; from += 1) {
    let to = from;
    while (groups[to] === "0") to += 1;
    if (to - from > length) {
      start = from;
      length = to - from;
    }
  }
  if (length === 1) return groups.join(":");
  return `${groups.slice(0, start).join(":")}::${groups.slice(start + length).join(":")}`;
}

function parseSix(text: string): bigint | null {
  const four = /^(.*:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  const plain =
    four === null
      ? text
      : `${four[1]}${[four.slice(2, 4), four.slice(4, 6)].map(([high, low]) => (Number(high) * 256 + Number(low)).toString(16)).join(":")}`;
  const halves = plain.split("::");
  if (halves.length > 2) return null;
  const [left = [], right = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 0) return null;
  const groups = [...left, ...Array.from({ length: missing }, () => "0"), ...right];
  if (!groups.every((piece) => /^[0-9a-f]{1,4}$/i.test(piece))) return null;
  return BigInt(`0x${groups.map((piece) => piece.padStart(4, "0")).join("")}`);
}
