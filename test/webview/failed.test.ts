import assert from "node:assert/strict";
import { newestJobs } from "../../src/protocol/jobQuery";
import { lookAt, type Look } from "../../src/protocol/tabs";
import type { FailedIntent, FailedView } from "../../src/protocol/tabs/failed";
import type { DashboardView } from "../../src/protocol/viewModels";
import { eventually } from "../support/eventually";
import { failedAnswer, failedSample, groupSample } from "../support/failedSamples";
import { PageTest, type More } from "../support/pageTest";
import { sampleBody, sampleDashboard, sampleLook, sampleNow, sampleSnapshot } from "../support/sampleViews";

const test = new PageTest();
const rows = () => test.page.locator("arq-group-table .item");
const row = (type: string) => rows().filter({ hasText: type });
const types = () => test.page.locator("arq-group-table .type").allInnerTexts();
const asked = (name: string) => test.opened.asked(name).at(-1);

function failed(view: Partial<FailedView> = {}, intent?: Partial<FailedIntent>, more: Partial<DashboardView> = {}) {
  const whole: FailedIntent = { span: "all", text: "", ...intent };
  const body = sampleBody("failed", failedSample(sampleNow, view), whole);
  return sampleDashboard({ look: lookAt("failed", whole), body, ...more });
}

/** A host that answers what is asked of the sample. */
const answering: More = {
  answers: {
    look: ({ look }: { look: Look }) =>
      look.tab === "failed"
        ? sampleDashboard({ look, body: sampleBody("failed", failedAnswer(sampleNow, look.intent), look.intent) })
        : sampleLook(look),
    openGroupFrame: () => null,
    muteGroup: () => null,
  },
};

describe("the tab Failed", () => {
  it("groups failures by type and message, the newest first, with how often, since when, and where", async () => {
    await test.openDashboard(failed());
    assert.deepEqual(await types(), [
      "KeyError",
      "shop.payments.errors.CardDeclined",
      "TimeoutError",
      "ConnectionRefusedError",
      "JobExecutionFailed",
    ]);
    await test.says(
      ".item >> nth=0",
      /KeyError: 'user_id' Latest traceback orders\/confirmation\.py:48 send_order_confirmation arq:queue .*14 131 702 702 just now first 6 days ago/,
    );
    await test.says(
      ".item >> nth=1",
      /New .*CardDeclined: card ending in # was .*charge_card, refund, capture_authorized_payment and 2 more/,
    );
    await test.says(".item >> nth=2", /Back again TimeoutError/);
    const drawn = row("KeyError").getByRole("img");
    assert.match((await drawn.getAttribute("aria-label")) ?? "", /by the hour: 14 at most, 14 in the last one/);
    assert.equal(await drawn.locator("rect").count(), 21, "three hours had none");
    await test.says(".bar .count", "5 errors, 761 failed jobs");
  });

  it("leads from every cell of its matrix to the very jobs that it counts", async () => {
    await test.openDashboard(failed(), answering);
    for (const [span, text] of [
      ["1h", "since:1h"],
      ["24h", "since:24h"],
      ["7d", "since:7d"],
      ["all", ""],
    ] as const) {
      for (const type of ["KeyError", "ConnectionRefusedError"]) {
        await row(type).locator(`button[data-span="${span}"]`).click();
        const errorGroup = failedSample(sampleNow).groups.find((group) => group.type === type)!.key;
        const query = { ...newestJobs, errorGroup, remembered: "also", text };
        await eventually(() => assert.deepEqual(asked("look"), { look: lookAt("jobs", { query } as never) }));
        await test.page.getByRole("tab", { name: "Failed" }).click();
        await row(type).waitFor();
      }
    }
  });

  it("filters by time and by text, together, and keeps both over a reload", async () => {
    await test.openDashboard(failed(), answering);
    const search = test.page.getByRole("textbox", { name: "Filter by type, message or function" });
    for (const [span, shown] of [
      ["1 h", ["KeyError", "shop.payments.errors.CardDeclined", "TimeoutError"]],
      ["24 h", ["KeyError", "shop.payments.errors.CardDeclined", "TimeoutError", "ConnectionRefusedError"]],
    ] as const) {
      await test.page.getByRole("button", { name: span, exact: true }).click();
      await eventually(async () => assert.deepEqual(await types(), shown));
      await search.fill("error");
      await eventually(async () =>
        assert.deepEqual(
          await types(),
          shown.filter((type) => /error/i.test(type)),
        ),
      );
      await search.press("Escape");
      await eventually(async () => assert.deepEqual(await types(), shown));
    }
    await search.fill("card");
    await eventually(async () => assert.deepEqual(await types(), ["shop.payments.errors.CardDeclined"]));
    const { remembered } = test.opened;
    const kept = (remembered as { intents: { failed: FailedIntent } }).intents.failed;
    assert.deepEqual(kept, { span: "24h", text: "card" });
    await test.openDashboard(failed({}, kept), { ...answering, remembered });
    const [first] = test.opened.asked("ready") as { look: Look }[];
    assert.deepEqual(first?.look, lookAt("failed", kept));
    assert.equal(await search.inputValue(), "card");
    assert.equal(
      await test.page.getByRole("button", { name: "24 h", exact: true }).getAttribute("aria-pressed"),
      "true",
    );
  });

  it("opens the latest traceback by one click anywhere on the error, and the line by one more", async () => {
    await test.openDashboard(failed(), answering);
    const ids = () => test.opened.asked("openJob").map((params) => (params as { id: string }).id);
    await row("KeyError").locator(".what").click();
    await row("KeyError").getByRole("button", { name: "Latest traceback" }).click();
    await eventually(() => assert.deepEqual(ids(), ["job of KeyError", "job of KeyError"]));
    await row("KeyError").getByRole("button", { name: "orders/confirmation.py:48" }).click();
    await eventually(() => assert.deepEqual(asked("openGroupFrame"), { key: "KeyError\n'user_id'" }));
    assert.equal(ids().length, 2, "the line alone");
    await row("JobExecutionFailed").click();
    assert.equal(await row("JobExecutionFailed").getByRole("button", { name: "Latest traceback" }).count(), 0);
    assert.equal(ids().length, 2, "its jobs have left Redis");
  });

  it("is used by keyboard alone: search, rows, the latest, the line, mute", async () => {
    await test.openDashboard(failed(), answering);
    const { keyboard } = test.page;
    await keyboard.press("/");
    await keyboard.type("error");
    await eventually(async () => assert.equal((await types()).length, 4));
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    await keyboard.press("j");
    await keyboard.press("j");
    await keyboard.press("k");
    await keyboard.press("Enter");
    await eventually(() => assert.deepEqual(asked("openJob"), { id: "job of KeyError" }));
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    await eventually(() => assert.deepEqual(asked("openGroupFrame"), { key: "KeyError\n'user_id'" }));
    await keyboard.press("j");
    await keyboard.press("m");
    await eventually(() => assert.deepEqual(asked("muteGroup"), { key: "KeyError\n'user_id'", muted: true }));
  });

  it("folds muted errors away, and takes them back", async () => {
    await test.openDashboard(failed(), answering);
    await row("TimeoutError").getByRole("button", { name: "Mute" }).click();
    await eventually(() => assert.deepEqual(asked("muteGroup"), { key: "TimeoutError\n", muted: true }));
    const unmute = test.page.getByRole("button", { name: "Unmute" });
    assert.equal(await unmute.isVisible(), false);
    await test.page.getByText("1 muted error").click();
    await test.says(".muted", /stay in every count.* asyncio\.CancelledError 31 failed jobs last 3 min ago/);
    await unmute.click();
    await eventually(() => assert.deepEqual(asked("muteGroup"), { key: "asyncio.CancelledError\n", muted: false }));
  });

  it("draws the failure rate with the time that was not seen, and leads from a bar to its jobs", async () => {
    await test.openDashboard(failed(), answering);
    await test.says(
      ".rate",
      /Failure rate, last 24 hours 1\.3 % 131 failed of 10,311 that ended seen 5 h 12 min of 24 h/i,
    );
    const chart = test.page.getByRole("slider", { name: "Failure rate, last 24 hours" });
    assert.match((await chart.getAttribute("aria-description")) ?? "", /Parts of the time were not seen/);
    const table = test.page.getByRole("table", { name: "Failure rate, last 24 hours" });
    assert.match(await table.getByRole("row").nth(1).innerText(), /\d\d:\d\d\s+[\d.]+ %/);
    await test.page.locator("arq-chart canvas[width]").waitFor();
    await chart.focus();
    await chart.press("ArrowLeft");
    await chart.press("Enter");
    const step = failedSample(sampleNow).chart.at(-2)!.at;
    const moment = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
    const text = `since:${moment(step)} until:${moment(step + 20 * 60_000 - 1000)}`;
    const query = { ...newestJobs, states: ["failed"], remembered: "also", text };
    await eventually(() => assert.deepEqual(asked("look"), { look: lookAt("jobs", { query } as never) }));
  });

  it("says what bounds its numbers", async () => {
    const retention = { ...sampleSnapshot().retention, shortestMs: 3_600_000 };
    const view = failed({ found: { groups: 1234, jobs: 9000 } }, {}, { snapshot: sampleSnapshot({ retention }) });
    await test.openDashboard(view);
    await test.says(
      ".bounds",
      /The newest 5 of 1,234 errors are shown; .*The first failure that is known: 2026 Nov 15 .*Redis keeps results for 1 h or longer .*the last 10,000\. .*350 of these failures are forgotten by Redis/,
    );
    const off = { state: "off", why: "The history is switched off (arq.history.enabled)." } as const;
    await test.update({ ...view, snapshot: sampleSnapshot({ retention, history: off }) });
    await test.says(
      ".bounds",
      /Redis keeps results for 1 h or longer \(ARQ’s keep_result\)\. .*The history is switched off/,
    );
  });

  it("says calmly that nothing has failed, or in this time, or by these words, and since when it looks", async () => {
    const none = { groups: [], muted: [], mutedInAll: 0, found: { groups: 0, jobs: 0 } };
    const nothing = failed({ ...none, known: { groups: 0, jobs: 0 }, remembered: 0, firstAt: null });
    await test.openDashboard(nothing, answering);
    await test.says(
      ".blank",
      /Nothing has failed Seen: 29 h of the last 7 d\. A failure shows here the moment it happens/,
    );
    await test.update({
      ...nothing,
      snapshot: sampleSnapshot({ complete: false, sweep: { keysScanned: 1, keysTotal: 9, paused: false } }),
    });
    await test.says(".blank", "No failure is known yet Finished jobs are still being read.");
    await test.update(failed(none, { span: "1h" }));
    await test.says(".blank", "Nothing failed in this time");
    await test.page.getByText("Show All").click();
    await eventually(async () => assert.equal((await types()).length, 5));
    await test.update(failed(none, { text: "zzz" }));
    await test.says(".blank", "None of 6 errors matches.");
    await test.page.getByText("Clear Filters").click();
    await eventually(() => assert.deepEqual(asked("look"), { look: lookAt("failed") }));
  });

  it("keeps its rows in their places under the pointer, and the focus on the error it was on", async () => {
    await test.openDashboard(failed(), answering);
    const { groups } = failedSample(sampleNow);
    const fresh = groupSample(sampleNow, { type: "BrandNewError", lastAt: sampleNow, mark: "new" });
    await row("TimeoutError").hover();
    await test.update(failed({ groups: [fresh, groups[2]!, groups[0]!, groups[1]!, groups[3]!, groups[4]!] }));
    assert.equal((await types())[2], "TimeoutError");
    await test.page.mouse.move(2, 2);
    await eventually(async () => assert.equal((await types())[0], "BrandNewError"));
    await row("CardDeclined").focus();
    await test.update(failed({ groups: [groups[1]!, fresh, ...groups.slice(2)] }));
    await eventually(async () => assert.equal((await types())[0], "shop.payments.errors.CardDeclined"));
    const focused = () => test.page.locator("arq-group-table .item:focus").getAttribute("data-name");
    assert.equal(await focused(), groups[1]!.key);
  });

  it("shows text from Redis as text, never wider than its window", async () => {
    const hostile = `<img src=x onerror="document.title='owned'">${"x".repeat(500)}`;
    const group = groupSample(sampleNow, {
      type: hostile,
      message: hostile,
      functions: [{ name: hostile, count: 1 }],
      queues: [{ name: hostile, count: 1 }],
      frame: { file: `/app/${hostile}`, line: 1, function: hostile },
    });
    await test.openDashboard(failed({ groups: [group], muted: [group] }), { ...answering, width: 300 });
    await test.page.getByText("1 muted error").click();
    assert.equal(await test.page.locator("img").count(), 0);
    assert.equal(await test.overflow(), 0);
  });
});
