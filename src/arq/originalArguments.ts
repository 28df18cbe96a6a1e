import type { ReadLimits } from "../python/limits";
import { resolveLimits } from "../python/limits";
import { innermostPickle } from "./codecs";
import { DecodeError, toFailure } from "./decodeError";
import { Field, fieldAt } from "./headerFields";
import type { DecodeFailure, OriginalArguments } from "./jobModel";
import { PickleMachine } from "./pickleMachine";
import { Op } from "./pickleOpcodes";
import { skimDict } from "./pickleSkimmer";
import { asBuffer } from "./utf8";

/**
 * What has to be unpickled to get at the arguments of a payload or a result: of a result without the exception behind them, wherever that can be cut
 * off. Reads it as data only, as everything here does. Fails for what is no pickle, since its values can all be written. Never throws.
 */
export function originalArguments(bytes: Uint8Array, limits?: ReadLimits): OriginalArguments | DecodeFailure {
  try {
    const pickle = asBuffer(innermostPickle(bytes, limits));
    const cut = withoutRest(pickle);
    // What was cut must be what a pickle is; else all of it is taken.
    return (cut === null ? null : readGlobals(cut, limits)) ?? listed(pickle, limits);
  } catch (error) {
    return toFailure(error);
  }
}

function readGlobals(pickle: Buffer, limits: ReadLimits | undefined): OriginalArguments | null {
  try {
    return listed(pickle, limits);
  } catch {
    return null;
  }
}

function listed(pickle: Buffer, limits: ReadLimits | undefined): OriginalArguments {
  const machine = new GlobalLister(pickle, resolveLimits(limits));
  const value = machine.run();
  const keys = value.kind === "dict" ? value.entries.flatMap(([key]) => (key.kind === "str" ? [key.value] : [])) : [];
  if (!keys.includes("a") || !keys.includes("k")) throw new DecodeError("malformed", "no arguments in it");
  return { ok: true, pickle, globals: [...machine.globals.values()] };
}

class GlobalLister extends PickleMachine {
  readonly globals = new Map<string, { readonly module: string; readonly qualname: string }>();

  /** Every opcode that names a global asks this. */
  protected override checkNames(module: string, qualname: string): void {
    super.checkNames(module, qualname);
    this.globals.set(`${module}\n${qualname}`, { module, qualname });
  }
}

/** Where PROTO of two bytes ends, and FRAME with its length of eight. */
const protoEnd = 2;
const frameEnd = 11;

/** The pickle up to the end of `k`, which ARQ writes before what the job came to; null where it is not written so. */
function withoutRest(pickle: Buffer): Buffer | null {
  let end = -1;
  let seen = 0;
  const skimmed = skimDict(pickle, (key, _value, _start, valueEnd) => {
    const field = key < 0 ? Field.None : fieldAt(pickle, key);
    if (field === Field.A || field === Field.K) seen += 1;
    if (field === Field.K) end = valueEnd;
    else if (end < 0 && field === Field.R) seen = Number.NaN;
  });
  if (!skimmed || seen !== 2 || end < 0 || pickle[0] !== 0x80) return null;
  const close = Buffer.from([Op.SETITEMS, Op.STOP]);
  if (pickle[protoEnd] !== Op.FRAME) return Buffer.concat([pickle.subarray(0, end), close]);
  // A frame must be whole; without one, protocol 4 reads the same opcodes.
  const framed = pickle.readUInt32LE(protoEnd + 1) + pickle.readUInt32LE(protoEnd + 5) * 2 ** 32;
  if (frameEnd + framed < end) return null;
  return Buffer.concat([pickle.subarray(0, protoEnd), pickle.subarray(frameEnd, end), close]);
}
