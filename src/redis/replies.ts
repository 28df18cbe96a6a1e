import { ReplyError, type Reply } from "./readOnlyCommands";

/** Readers of replies. A reply of another shape, an error among them, reads as null: unknown, not wrong. */
export function asNumber(reply: Reply | undefined): number | null {
  if (typeof reply === "number") return reply;
  if (!Buffer.isBuffer(reply)) return null;
  const text = reply.toString("latin1");
  if (text === "inf") return Infinity;
  if (text === "-inf") return -Infinity;
  const value = text === "" ? NaN : Number(text);
  return Number.isNaN(value) ? null : value;
}

export function asBytes(reply: Reply | undefined): Buffer | null {
  return Buffer.isBuffer(reply) ? reply : null;
}

export function asText(reply: Reply | undefined): string | null {
  return Buffer.isBuffer(reply) ? reply.toString("utf8") : null;
}

export function asList(reply: Reply | undefined): readonly Reply[] | null {
  return Array.isArray(reply) ? (reply as readonly Reply[]) : null;
}

/** Texts of a list; what is not a text is left out. */
export function asTexts(reply: Reply | undefined): string[] | null {
  const list = asList(reply);
  if (list === null) return null;
  const texts: string[] = [];
  for (const item of list) if (Buffer.isBuffer(item)) texts.push(item.toString("utf8"));
  return texts;
}

export interface Member {
  readonly id: string;
  readonly score: number;
}

/** Members of `ZRANGE … WITHSCORES`, in order. */
export function asMembers(reply: Reply | undefined): Member[] | null {
  const list = asList(reply);
  if (list === null) return null;
  const members: Member[] = [];
  for (let i = 0; i + 1 < list.length; i += 2) {
    const id = asText(list[i]);
    const score = asNumber(list[i + 1]);
    if (id !== null && score !== null) members.push({ id, score });
  }
  return members;
}

/** One answer of `SCAN`. */
export function asScanPage(reply: Reply | undefined): { cursor: string; keys: string[] } | null {
  const list = asList(reply);
  const cursor = asText(list?.[0]);
  const keys = asTexts(list?.[1]);
  return cursor === null || keys === null ? null : { cursor, keys };
}

/** Unix ms of `TIME`. */
export function asTime(reply: Reply | undefined): number | null {
  const list = asList(reply);
  const seconds = asNumber(list?.[0]);
  const micros = asNumber(list?.[1]);
  return seconds === null || micros === null ? null : seconds * 1000 + Math.floor(micros / 1000);
}

export function isError(reply: Reply | undefined): reply is ReplyError {
  return reply instanceof ReplyError;
}
