import { parseTracebacks, type Traceback } from "./traceback";

/** Causes of causes that are looked through. */
const mostLinks = 1000;

/**
 * The same with what really happened in place of the text that process pools raise in its stead: `…RemoteTraceback: """ Traceback … """`
 * is a cause without frames, whose message holds the frames of the other process.
 */
export function withRemoteFrames(traceback: Traceback): Traceback {
  const chain: Traceback[] = [];
  for (
    let each: Traceback | null = traceback;
    each !== null && chain.length < mostLinks;
    each = each.cause ?? each.context
  ) {
    chain.push(each);
  }
  if (!chain.some(isRemote)) return traceback;
  let whole: Traceback | null = null;
  for (const each of chain.toReversed()) {
    const shown: Traceback = isRemote(each) ? (parseTracebacks(withoutQuotes(each.message)).at(-1) ?? each) : each;
    if (whole === null || shown !== each) whole = shown;
    else whole = each.cause === null ? { ...each, context: whole } : { ...each, cause: whole };
  }
  return whole ?? traceback;
}

function isRemote({ type, frames }: Traceback): boolean {
  return frames.length === 0 && type.endsWith("RemoteTraceback");
}

function withoutQuotes(message: string): string {
  return message.replace(/^\s*"""/, "").replace(/"""\s*$/, "");
}
