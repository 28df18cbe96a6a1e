import { eventKinds, type ActivityLine, type ActivityView, type EventLine } from "../../src/protocol/tabs/activity";

const second = 1000;

/** The n-th event before the newest: what it is follows from n alone. */
export function eventSample(now: number, seq: number, fields: Partial<EventLine> = {}): EventLine {
  const functions = ["send_order_confirmation", "charge_card", "cron:close_abandoned_carts", "resize_product_images"];
  const kinds = ["started", "completed", "enqueued", "completed", "failed", "enqueued", "retried"] as const;
  return {
    key: String(seq),
    kind: kinds[seq % kinds.length]!,
    at: now - (1000 - seq) * 2 * second,
    jobId: seq % 5 === 2 ? `order:${80_000 + seq}:confirmation` : (seq * 2_654_435_761).toString(16).padStart(32, "e"),
    function: functions[seq % functions.length]!,
    queue: seq % 3 === 0 ? "arq:mail" : "arq:queue",
    inferred: seq % 6 === 1,
    ...fields,
  };
}

/** The last 100 events up to `upTo`, among them one of every kind and a span that was not observed. */
export function activitySample(now: number, fields: Partial<ActivityView> = {}): ActivityView {
  const upTo = fields.upTo ?? 1000;
  const events = Array.from({ length: 99 }, (_, back) => eventSample(now, upTo - back));
  const lines: ActivityLine[] = events.map((event, back) =>
    back < eventKinds.length ? { ...event, kind: eventKinds[back]! } : event,
  );
  lines.splice(12, 0, {
    key: String(upTo - 99),
    kind: "gap",
    from: events[12]!.at,
    to: events[11]!.at,
    why: "The connection was lost.",
  });
  return {
    lines,
    functions: ["charge_card", "cron:close_abandoned_carts", "resize_product_images", "send_order_confirmation"].map(
      (name) => ({ name }),
    ),
    upTo,
    newest: upTo,
    newer: 0,
    evenMore: false,
    ...fields,
  };
}
