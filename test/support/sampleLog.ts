import type { JobLogAsk, JobLogLineView, JobLogView } from "../../src/protocol/jobLog";
import { sampleNow } from "./sampleViews";

const records: readonly (readonly [level: JobLogLineView["level"], text: string, guess?: boolean])[] = [
  ["info", "0.42s → order:80153:charge_card(80153, currency='EUR') try=3"],
  ["info", "shop.payments.orders: charging order:80153:charge"],
  ["debug", "httpcore.connection: connect_tcp.started host='api.gateway.example' port=443", true],
  ["warning", "shop.payments.gateway: order:80153:charge: the gateway was slow to answer (3.9 s)"],
  [
    "error",
    "4.21s ! order:80153:charge:charge_card failed, CardDeclined: card ending in 4242 was declined\n" +
      'Traceback (most recent call last):\n  File "/srv/app/shop/payments/gateway.py", line 88, in post\n' +
      "    response.raise_for_status()\n" +
      '  File "/srv/app/shop/payments/orders.py", line 42, in charge_card\n    raise CardDeclined(card) from error\n' +
      "shop.payments.errors.CardDeclined: card ending in 4242 was declined",
  ],
];

const levels = ["debug", "info", "warning", "error", "critical"];

/** A job's log, filtered as the host filters it. */
export function sampleLog({ level, text, guesses }: JobLogAsk): JobLogView {
  let line = 1180;
  const all = records.flatMap(([own, whole, guess = false], index) =>
    whole.split("\n").map((part, at): JobLogLineView & { readonly whole: string } => ({
      file: 0,
      line: line++,
      offset: line * 80,
      at: sampleNow - 244_000 + index * 900,
      level: own,
      text: part,
      starts: at === 0,
      guess,
      whole,
    })),
  );
  const least = level === null ? -1 : levels.indexOf(level);
  const guessesShown = guesses ?? true;
  const lines = all.filter(
    (each) =>
      levels.indexOf(each.level ?? "info") >= least &&
      each.whole.toLowerCase().includes(text.toLowerCase()) &&
      (guessesShown || !each.guess),
  );
  return {
    followed: 2,
    files: ["logs/worker.log"],
    lines: lines.map(({ whole: _whole, ...each }) => each),
    total: lines.length,
    named: all.length - 1,
    guesses: 1,
    guessesShown,
    others: false,
    by: "id",
    partly: false,
  };
}

/** Nothing was found in so many files. */
export function emptyLog(followed: number): JobLogView {
  const none = {
    lines: [],
    files: [],
    total: 0,
    named: 0,
    guesses: 0,
    guessesShown: true,
    others: false,
    partly: false,
  };
  return { ...none, followed, by: null };
}
