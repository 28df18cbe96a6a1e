import { failuresWithin, type FailedIntent, type FailedView, type GroupView } from "../../src/protocol/tabs/failed";

const minute = 60_000;
const hour = 60 * minute;

/** An error group as the tab Failed shows it; `now`: Redis' clock. */
export function groupSample(now: number, fields: Partial<GroupView> & { readonly type: string }): GroupView {
  const { type, message = "", count = 1 } = fields;
  return {
    key: `${type}\n${message}`,
    message,
    sample: message,
    count,
    remembered: 0,
    firstAt: now - 20 * minute,
    lastAt: now - 3 * minute,
    lastHour: count,
    lastDay: count,
    lastWeek: count,
    trend: Array.from({ length: 24 }, (_, index) => (index === 23 ? count : 0)),
    mark: null,
    latestId: `job of ${type}`,
    frame: null,
    functions: [{ name: "send_order_confirmation", count }],
    functionsInAll: 1,
    queues: [{ name: "arq:queue", count }],
    queuesInAll: 1,
    ...fields,
  };
}

/** Five errors of every sort and one that is muted, with a chart of which six hours were not seen. */
export function failedSample(now: number, fields: Partial<FailedView> = {}): FailedView {
  const step = 20 * minute;
  const groups = [
    groupSample(now, {
      type: "KeyError",
      message: "'user_id'",
      count: 702,
      remembered: 350,
      firstAt: now - 6 * 24 * hour,
      lastAt: now - 4_000,
      lastHour: 14,
      lastDay: 131,
      lastWeek: 702,
      trend: Array.from({ length: 24 }, (_, index) => (index === 23 ? 14 : (index * 37) % 11)),
      frame: { file: "/app/shop/orders/confirmation.py", line: 48, function: "send_order_confirmation" },
    }),
    groupSample(now, {
      type: "shop.payments.errors.CardDeclined",
      message: "card ending in # was declined by the issuer: insufficient funds (request req_#sKq#nV#aL)",
      sample: "card ending in 4242 was declined by the issuer: insufficient funds (request req_8sKq2nV0aL)",
      count: 6,
      mark: "new",
      frame: { file: "/app/shop/payments/charge.py", line: 112, function: "charge" },
      functions: [
        { name: "charge_card", count: 3 },
        { name: "refund", count: 2 },
        { name: "capture_authorized_payment", count: 1 },
      ],
      functionsInAll: 5,
    }),
    groupSample(now, {
      type: "TimeoutError",
      count: 12,
      mark: "back",
      firstAt: now - 3 * 24 * hour,
      lastAt: now - 26 * minute,
      lastHour: 2,
      lastDay: 2,
      lastWeek: 12,
      functions: [{ name: "export_monthly_report_for_the_accounting_department", count: 12 }],
      queues: [{ name: "reports: monthly, and very slow ones", count: 12 }],
    }),
    groupSample(now, {
      type: "ConnectionRefusedError",
      message: "[Errno #] Connect call failed ('#.#.#.#', #)",
      count: 40,
      firstAt: now - 20 * hour,
      lastAt: now - 5 * hour,
      lastHour: 0,
      lastDay: 40,
      lastWeek: 40,
      trend: Array.from({ length: 24 }, (_, index) => (index > 3 && index < 19 ? index % 5 : 0)),
      queues: [
        { name: "arq:queue", count: 30 },
        { name: "arq:mail", count: 10 },
      ],
      queuesInAll: 2,
    }),
    groupSample(now, {
      type: "JobExecutionFailed",
      message: "max # retries exceeded",
      count: 1,
      lastAt: now - 4 * 24 * hour,
      firstAt: now - 4 * 24 * hour,
      lastHour: 0,
      lastDay: 0,
      trend: Array.from({ length: 24 }, () => 0),
      latestId: null,
    }),
  ];
  const muted = [groupSample(now, { type: "asyncio.CancelledError", count: 31 })];
  const first = Math.floor((now - 24 * hour) / step) * step;
  return {
    groups,
    muted,
    mutedInAll: muted.length,
    found: { groups: groups.length, jobs: groups.reduce((sum, { count }) => sum + count, 0) },
    known: { groups: groups.length + 1, jobs: 792 },
    chart: Array.from({ length: 73 }, (_, index) => ({
      at: first + index * step,
      complete: index < 18 ? 0 : 90 + ((index * 37) % 40),
      failed: index < 18 ? 0 : index === 60 ? 14 : (index * 7) % 4,
      covered: index >= 18,
    })),
    chartSpan: "24h",
    remembered: 350,
    firstAt: now - 6 * 24 * hour,
    ...fields,
  };
}

/** What the host would answer to this of the sample. */
export function failedAnswer(now: number, { span, text }: FailedIntent): FailedView {
  const { groups, ...rest } = failedSample(now);
  const asked = groups.filter(
    (group) =>
      failuresWithin(group, span) > 0 && `${group.type} ${group.message}`.toLowerCase().includes(text.toLowerCase()),
  );
  const jobs = asked.reduce((sum, group) => sum + failuresWithin(group, span), 0);
  return { ...rest, groups: asked, found: { groups: asked.length, jobs } };
}
