import payloads from "../fixtures/payloads/payloads.json";
import libraries from "../fixtures/pickles/libraries.json";
import values from "../fixtures/pickles/values.json";

/** Bytes that real Pythons, real ARQ and real libraries wrote, with where they come from. */
export interface Recorded {
  readonly name: string;
  readonly bytes: Buffer;
}

/** What ARQ's serializers wrote under Python 3.6 to 3.13 in every protocol, and through other codecs (JSON, MessagePack, gzip, base64 …). */
export function recordedPayloads(): Recorded[] {
  const own = payloads.map(({ label, from, payload }) => ({
    name: `${label} (${from.join(", ")})`,
    bytes: Buffer.from(payload, "base64"),
  }));
  const others = Object.entries(libraries).flatMap(([name, data]) =>
    /^(job|result|failure),/.test(name) ? [{ name, bytes: Buffer.from(data, "base64") }] : [],
  );
  return [...own, ...others];
}

/** How often what is no bare pickle stands among the starts of a fuzzer: there are few of them, and each codec should be met. */
const weight = 25;

/** Every recorded payload and every recorded value, for a fuzzer to start from. */
export function everythingRecorded(): Recorded[] {
  const pickles = values.map(({ value, pickle }) => ({ name: value, bytes: Buffer.from(pickle, "base64") }));
  const objects = Object.entries(libraries).map(([name, data]) => ({ name, bytes: Buffer.from(data, "base64") }));
  const payloads = recordedPayloads().flatMap((one) =>
    Array.from({ length: isBarePickle(one.bytes) ? 1 : weight }, () => one),
  );
  return [...payloads, ...pickles, ...objects];
}

function isBarePickle(bytes: Buffer): boolean {
  return bytes[0] === 0x80 || bytes.at(-1) === 0x2e;
}
