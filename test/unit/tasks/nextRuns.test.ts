import assert from "node:assert/strict";
import { hangsOnTimeZone, nextRuns } from "../../../src/python/tasks/nextRuns";
import type { CronSchedule } from "../../../src/python/tasks/taskCode";
import { cronText } from "../../../src/host/cronText";

function schedule(fields: Partial<CronSchedule>): CronSchedule {
  return {
    month: null,
    day: null,
    weekday: null,
    hour: null,
    minute: null,
    second: 0,
    microsecond: 123_456,
    ...fields,
  };
}

/** As `arq.cron.next_cron` of ARQ 0.26.1 answered on CPython 3.12, called again with what it answered before. */
const recorded: readonly (readonly [Partial<CronSchedule>, string, string, readonly string[]])[] = [
  [
    { second: [10, 40] },
    "2026-01-02T03:04:11Z",
    "UTC",
    ["2026-01-02T03:04:40.123Z", "2026-01-02T03:05:10.123Z", "2026-01-02T03:05:40.123Z"],
  ],
  [
    { hour: 3, minute: 30 },
    "2026-01-02T03:30:01Z",
    "UTC",
    ["2026-01-03T03:30:00.123Z", "2026-01-04T03:30:00.123Z", "2026-01-05T03:30:00.123Z"],
  ],
  [
    { minute: [0, 15, 30, 45] },
    "2026-12-31T23:50:00Z",
    "UTC",
    ["2027-01-01T00:00:00.123Z", "2027-01-01T00:15:00.123Z", "2027-01-01T00:30:00.123Z"],
  ],
  [
    { hour: 3 },
    "2026-01-02T03:58:30Z",
    "UTC",
    ["2026-01-02T03:59:00.123Z", "2026-01-03T03:00:00.123Z", "2026-01-03T03:01:00.123Z"],
  ],
  [
    { weekday: 4, hour: 17, minute: 0 },
    "2026-01-02T18:00:00Z",
    "UTC",
    ["2026-01-09T17:00:00.123Z", "2026-01-16T17:00:00.123Z", "2026-01-23T17:00:00.123Z"],
  ],
  [
    { day: 31, hour: 0, minute: 0 },
    "2026-01-31T00:00:01Z",
    "UTC",
    ["2026-03-31T00:00:00.123Z", "2026-05-31T00:00:00.123Z", "2026-07-31T00:00:00.123Z"],
  ],
  [
    { month: 2, day: 29, hour: 12, minute: 0 },
    "2026-03-01T00:00:00Z",
    "UTC",
    ["2028-02-29T12:00:00.123Z", "2032-02-29T12:00:00.123Z", "2036-02-29T12:00:00.123Z"],
  ],
  // The clock leaps over this time once, and shows it twice half a year later.
  [
    { hour: 2, minute: 30 },
    "2026-03-28T00:00:00Z",
    "Europe/Berlin",
    ["2026-03-28T01:30:00.123Z", "2026-03-29T01:30:00.123Z", "2026-03-30T00:30:00.123Z"],
  ],
  [
    { hour: 2, minute: 30 },
    "2026-10-24T10:00:00Z",
    "Europe/Berlin",
    ["2026-10-25T00:30:00.123Z", "2026-10-26T01:30:00.123Z", "2026-10-27T01:30:00.123Z"],
  ],
  [
    { hour: 9, minute: 0, weekday: [0, 1, 2, 3, 4] },
    "2026-10-23T10:00:00Z",
    "America/New_York",
    ["2026-10-23T13:00:00.123Z", "2026-10-26T13:00:00.123Z", "2026-10-27T13:00:00.123Z"],
  ],
  [
    { second: null, microsecond: 0 },
    "2026-01-02T03:04:10Z",
    "UTC",
    ["2026-01-02T03:04:11.000Z", "2026-01-02T03:04:12.000Z", "2026-01-02T03:04:13.000Z"],
  ],
  [
    { minute: 5, microsecond: 999_999 },
    "2026-01-02T03:04:10Z",
    "+05:30",
    ["2026-01-02T03:35:01.000Z", "2026-01-02T04:35:01.000Z", "2026-01-02T05:35:01.000Z"],
  ],
];

describe("The next runs of a cron job", () => {
  for (const [fields, after, zone, expected] of recorded) {
    it(`are those of ARQ for ${JSON.stringify(fields)} in ${zone}`, () => {
      const runs = nextRuns(schedule(fields), Date.parse(after), 3, zone);
      assert.deepEqual(
        runs.map((at) => new Date(at).toISOString()),
        expected,
      );
    });
  }

  it("are none of a day that no month has, and none in a time zone that nobody knows", () => {
    assert.deepEqual(nextRuns(schedule({ month: 2, day: 30 }), 0, 3, "UTC"), []);
    assert.deepEqual(nextRuns(schedule({}), 0, 3, "Mars/Olympus"), []);
  });

  it("are told by this machine's clock where no time zone is given", () => {
    const [at] = nextRuns(schedule({ hour: 4, minute: 20 }), Date.UTC(2026, 5, 1), 1, null);
    assert.deepEqual([new Date(at!).getHours(), new Date(at!).getMinutes()], [4, 20]);
  });
});

describe("A cron schedule and time zones", () => {
  it("go together where it names hours, days or months", () => {
    assert.deepEqual(
      [{ minute: 5 }, { second: null }, { hour: 3 }, { weekday: 0 }, { day: 1 }, { month: [1] }].map((each) =>
        hangsOnTimeZone(schedule(each)),
      ),
      [false, false, true, true, true, true],
    );
  });
});

describe("A cron schedule in words", () => {
  const everyOf = (all: number): number[] => Array.from({ length: all }, (_, n) => n);
  const words: readonly (readonly [Partial<CronSchedule>, string])[] = [
    [{}, "every minute"],
    [{ second: null }, "every second"],
    [{ second: 25 }, "every minute at :25"],
    [{ second: [10, 40] }, "every 30 s, at :10 and :40"],
    [{ second: [0, 20, 40] }, "every 20 s"],
    [{ second: [5, 6] }, "every minute at :05 and :06"],
    [{ minute: 5 }, "every hour at 5 min past"],
    [{ minute: [0, 15, 30, 45] }, "every 15 min"],
    [{ minute: Array.from({ length: 30 }, (_, n) => 2 * n), second: 5 }, "every 2 min, at :05"],
    [{ minute: Array.from({ length: 12 }, (_, n) => 5 * n + 3) }, "every 5 min from 3 min past"],
    [{ hour: everyOf(24), minute: everyOf(60), second: everyOf(60) }, "every second"],
    [{ minute: everyOf(60) }, "every minute"],
    [{ hour: everyOf(24), minute: 0 }, "every hour at 0 min past"],
    [{ weekday: everyOf(7), hour: 3, minute: 30 }, "every day at 03:30"],
    [{ minute: [0, 15, 30, 45], second: null }, "every hour at 0, 15, 30 and 45 min past, every second"],
    [{ minute: [5, 20, 35, 50], second: 30 }, "every hour at 5, 20, 35 and 50 min past, :30"],
    [{ minute: [0, 10] }, "every hour at 0 and 10 min past"],
    [{ hour: 3, minute: 30 }, "every day at 03:30"],
    [{ hour: 3, minute: 30, second: 15 }, "every day at 03:30:15"],
    [{ hour: [0, 6, 12, 18], minute: 0 }, "every 6 h"],
    [{ hour: [8, 20], minute: [0, 30] }, "every day at 08:00, 08:30, 20:00 and 20:30"],
    [{ hour: 3 }, "every minute, in the hour 3"],
    [{ weekday: 4, hour: 17, minute: 0 }, "on Friday at 17:00"],
    [{ weekday: [0, 1, 2, 3, 4], hour: 9, minute: 0 }, "from Monday to Friday at 09:00"],
    [{ weekday: [5, 6], minute: [0, 30] }, "every 30 min, on Saturday and Sunday"],
    [{ day: 1, hour: 0, minute: 0 }, "on day 1 of the month at 00:00"],
    [{ month: [1, 7], day: [1, 15], hour: 6, minute: 0 }, "on days 1 and 15 of January and July at 06:00"],
    [{ month: 12, hour: 6, minute: 0 }, "every day of December at 06:00"],
  ];
  for (const [fields, text] of words)
    it(`says "${text}" of ${JSON.stringify(fields)}`, () => assert.equal(cronText(schedule(fields)), text));
});
