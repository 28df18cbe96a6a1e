import type { DecodeFailure, OriginalArguments } from "../arq/jobModel";
import { originalArguments } from "../arq/originalArguments";
import { readWhole } from "./payloadReader";
import type { SessionContext } from "./sessionContext";

/** Longer ones are not written into a file. */
const longest = 1024 * 1024;

/** The arguments of a job as they are stored, from its payload, else from its result. Null where Redis holds neither. */
export async function readOriginal(
  context: SessionContext,
  id: string,
): Promise<OriginalArguments | DecodeFailure | null> {
  const { keys } = context;
  const payloads = await readWhole(context, [keys.job(id), keys.result(id)], longest);
  let found: OriginalArguments | DecodeFailure | null = null;
  for (const key of [keys.job(id), keys.result(id)]) {
    const payload = payloads.get(key) ?? null;
    if (payload === null) continue;
    found = Buffer.isBuffer(payload) ? originalArguments(payload) : payload;
    if (found.ok) return found;
  }
  return found;
}
