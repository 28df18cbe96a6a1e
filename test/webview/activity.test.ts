import assert from "node:assert/strict";
import { lookAt, type Look } from "../../src/protocol/tabs";
import { everyEvent, type ActivityIntent, type ActivityView } from "../../src/protocol/tabs/activity";
import type { DashboardView } from "../../src/protocol/viewModels";
import { activitySample, eventSample } from "../support/activitySamples";
import { eventually } from "../support/eventually";
import { PageTest, type More } from "../support/pageTest";
import { lost, sampleBody, sampleDashboard, sampleLook, sampleNow, sampleSnapshot } from "../support/sampleViews";

const test = new PageTest();
const lines = () => test.page.locator("arq-event-list .line");
const first = () => test.page.locator("arq-event-list li").first().innerText();
const intents = () =>
  (test.opened.asked("look") as { look: Look }[]).flatMap(({ look }) => (look.tab === "activity" ? look.intent : []));
const scrollTo = (y: number) =>
  test.page.evaluate((top) => (globalThis as unknown as { scrollTo(x: number, y: number): void }).scrollTo(0, top), y);

function activity(
  view: Partial<ActivityView> = {},
  intent: Partial<ActivityIntent> = {},
  more: Partial<DashboardView> = {},
) {
  const whole = { ...everyEvent, ...intent };
  const body = sampleBody("activity", activitySample(sampleNow, view), whole);
  return sampleDashboard({ look: lookAt("activity", whole), body, ...more });
}

/** A host that has told of so many events. */
function host(told: { newest: number }): More {
  const answer = (intent: ActivityIntent): DashboardView => {
    const upTo = intent.upTo ?? told.newest;
    const newer = Math.min(1000, told.newest - upTo);
    const older = Array.from({ length: intent.count - 100 }, (_, back) => eventSample(sampleNow, upTo - 100 - back));
    const all = [...activitySample(sampleNow, { upTo }).lines, ...older];
    const passing = all.filter(({ kind }) => intent.kinds.length === 0 || intent.kinds.some((each) => each === kind));
    return activity({ lines: passing, upTo, newest: told.newest, newer, evenMore: told.newest - upTo > 1000 }, intent);
  };
  return {
    answers: {
      look: ({ look }: { look: Look }) => (look.tab === "activity" ? answer(look.intent) : sampleLook(look)),
    },
  };
}

describe("the tab Activity", () => {
  it("has the last 100 events in words and icons, marks what is inferred, and has a row for a span not observed", async () => {
    await test.openDashboard(activity());
    assert.equal(await test.page.locator("arq-event-list li").count(), 100);
    for (const [index, [word, tone]] of [
      ["Enqueued", "busy"],
      ["Started", "busy"],
      ["Retried", "busy"],
      ["Completed", "good"],
      ["Failed", "bad"],
      ["Aborted", "warn"],
      ["Expired", "warn"],
      ["Finished", "mute"],
    ].entries()) {
      const kind = lines().nth(index).locator(".kind");
      assert.equal(await kind.innerText(), word);
      assert.equal(await kind.locator("svg").count(), 1);
      assert.match((await kind.getAttribute("class")) ?? "", new RegExp(`tone-${tone}`));
    }
    await test.says(".line >> nth=0", /14:04:31 Enqueued send_order_confirmation arq:queue \w+/);
    await test.says(".gap", /Not observed from 14:04:07 to 14:04:09 \(2\.0 s\): The connection was lost\./);
    await test.says(".line >> nth=3", "inferred");
    await test.says(".foot", /“inferred”: Not seen happening: it follows from what Redis held/);
  });

  it("follows the newest while its top is in sight", async () => {
    await test.openDashboard(activity(), host({ newest: 1000 }));
    await test.says(".bar", "Follows the newest events");
    await test.update(activity({ upTo: 1003, newest: 1003 }));
    await eventually(async () => assert.match(await first(), /14:04:37/));
    assert.equal(await test.page.locator(".news").count(), 0);
    assert.deepEqual(intents(), []);
  });

  it("stands still while it is scrolled away, counts what is new, and shows it when asked", async () => {
    const told = { newest: 1000 };
    await test.openDashboard(activity(), { ...host(told), height: 600 });
    await scrollTo(900);
    await eventually(() => assert.equal(intents().at(-1)?.upTo, 1000));
    const before = await first();
    told.newest = 1037;
    await test.update(activity({ newest: 1037, newer: 37 }, { upTo: 1000 }));
    await test.says(".news", "37 new events Show");
    assert.equal(await first(), before);
    await test.page.locator(".news").click();
    await eventually(async () => assert.match(await first(), /14:05:45/));
    assert.deepEqual(intents().at(-1), everyEvent);
    await eventually(async () => assert.equal(await test.page.evaluate("scrollY"), 0));
    await test.says(".bar", "Follows the newest events");
  });

  it("follows again when it is scrolled back to the newest end, unless more waits than would then be seen", async () => {
    const told = { newest: 1000 };
    await test.openDashboard(activity(), { ...host(told), height: 600 });
    await scrollTo(900);
    await eventually(() => assert.equal(intents().at(-1)?.upTo, 1000));
    await scrollTo(0);
    await eventually(() => assert.equal(intents().at(-1)?.upTo, null));
    await scrollTo(900);
    await eventually(() => assert.equal(intents().at(-1)?.upTo, 1000));
    told.newest = 1240;
    await test.update(activity({ newest: 1240, newer: 240 }, { upTo: 1000 }));
    await test.says(".news", "240 new events");
    await scrollTo(0);
    await test.page.keyboard.press("n");
    await eventually(() => assert.deepEqual(intents().at(-1), { ...everyEvent, upTo: 1240, count: 240 }));
    await eventually(async () => assert.equal(await test.page.locator("arq-event-list li").count(), 240));
    await test.page.getByText("Follow the newest").click();
    await eventually(() => assert.deepEqual(intents().at(-1), everyEvent));
  });

  it("counts up to a thousand that wait while updates are paused, and says when there are more", async () => {
    const told = { newest: 1000 };
    await test.openDashboard(activity(), host(told));
    await test.page.keyboard.press("r");
    await eventually(() => assert.deepEqual(test.opened.asked("pause"), [{ paused: true }]));
    await test.says(".bar", "Paused: new events wait here");
    told.newest = 1012;
    const paused = { paused: true };
    await test.update(activity({ newest: 1012, newer: 12 }, {}, paused));
    await test.says(".news", "12 new events");
    await test.update(activity({ newest: 3012, newer: 1000, evenMore: true }, {}, paused));
    await test.says(".news", "1,000+ new events");
    assert.match(await first(), /14:04:31/);
    await test.page.locator(".news").click();
    await eventually(() => assert.deepEqual(intents().at(-1), { ...everyEvent, upTo: 3012, count: 1000 }));
  });

  it("does not move under the pointer or the focus", async () => {
    const told = { newest: 1000 };
    await test.openDashboard(activity(), host(told));
    await lines().nth(3).hover();
    const aimed = await lines().nth(3).innerText();
    told.newest = 1005;
    await test.update(activity({ upTo: 1005, newest: 1005 }));
    assert.equal(await lines().nth(3).innerText(), aimed);
    await test.page.mouse.move(2, 2);
    await eventually(async () => assert.notEqual(await lines().nth(3).innerText(), aimed));
    await test.page.keyboard.press("j");
    await eventually(() => assert.equal(intents().at(-1)?.upTo, 1005));
    await test.says(".bar", "Stands still while you read");
  });

  it("opens the job of an event by click, and by keyboard past spans not observed", async () => {
    await test.openDashboard(activity(), host({ newest: 1000 }));
    await lines().nth(1).click();
    await eventually(() =>
      assert.deepEqual(test.opened.asked("openJob").at(-1), { id: eventSample(sampleNow, 999).jobId }),
    );
    await eventually(() => assert.equal(intents().at(-1)?.upTo, 1000));
    await test.page.keyboard.press("k");
    await test.page.keyboard.press("ArrowDown");
    await test.page.keyboard.press("j");
    await test.page.keyboard.press("Enter");
    await eventually(() =>
      assert.deepEqual(test.opened.asked("openJob").at(-1), { id: eventSample(sampleNow, 998).jobId }),
    );
    await test.update(activity());
    await test.page.keyboard.press("Home");
    for (let n = 0; n < 12; n++) await test.page.keyboard.press("j");
    await test.page.keyboard.press("Enter");
    await eventually(() =>
      assert.deepEqual(test.opened.asked("openJob").at(-1), { id: eventSample(sampleNow, 988).jobId }),
    );
  });

  it("filters by kind, queue and function, each two of them together, and keeps that over a reload", async () => {
    await test.openDashboard(activity(), host({ newest: 1000 }));
    const kind = (name: string) => test.page.locator(".kinds").getByRole("button", { name });
    await kind("Failed").click();
    await eventually(() => assert.deepEqual(intents().at(-1), { ...everyEvent, kinds: ["failed"] }));
    await eventually(async () =>
      assert.deepEqual([...new Set(await test.page.locator(".line .kind").allInnerTexts())], ["Failed"]),
    );
    await kind("Retried").click();
    await eventually(() => assert.deepEqual(intents().at(-1)?.kinds, ["failed", "retried"]));
    const queue = test.page.getByRole("combobox", { name: "Queue" });
    await queue.selectOption("arq:mail");
    await eventually(() =>
      assert.deepEqual(intents().at(-1), { ...everyEvent, kinds: ["failed", "retried"], queue: "arq:mail" }),
    );
    await test.page.keyboard.press("/");
    const name = test.page.getByRole("combobox", { name: "Function" });
    assert.equal(
      await name.evaluate((each) => (each as unknown as { matches(of: string): boolean }).matches(":focus")),
      true,
    );
    await name.selectOption("charge_card");
    await kind("Failed").click();
    await kind("Retried").click();
    const both = { ...everyEvent, queue: "arq:mail", function: "charge_card" };
    await eventually(() => assert.deepEqual(intents().at(-1), both));
    await queue.selectOption("All queues");
    await kind("Aborted").click();
    const kept = { ...everyEvent, function: "charge_card", kinds: ["aborted"] };
    await eventually(() => assert.deepEqual(intents().at(-1), kept));
    const { remembered } = test.opened;
    assert.deepEqual((remembered as { intents: { activity: ActivityIntent } }).intents.activity, kept);
  });

  it("shows in its selects what counts, also after they were used and the filters cleared", async () => {
    await test.openDashboard(activity(), host({ newest: 1000 }));
    const queue = test.page.getByRole("combobox", { name: "Queue" });
    for (const picked of ["arq:mail", "All queues", "arq:mail"]) {
      await queue.selectOption(picked);
      const wanted = picked === "All queues" ? null : picked;
      await eventually(() => assert.equal(intents().at(-1)?.queue, wanted));
    }
    await test.update(activity({ lines: [] }, { queue: "arq:mail" }));
    await test.page.getByText("Clear Filters").click();
    await eventually(async () =>
      assert.equal(await queue.evaluate((each) => (each as unknown as { value: string }).value), "All queues"),
    );
  });

  it("says that nothing happened yet, that no event passes the filters, and that nobody listens while not connected", async () => {
    await test.openDashboard(activity({ lines: [], functions: [] }), host({ newest: 1000 }));
    await test.says(".blank", "Nothing has happened yet");
    await test.update(activity({ lines: [] }, { kinds: ["aborted"] }));
    await test.says(".blank", "None of the last events passes these filters.");
    await test.page.getByText("Clear Filters").click();
    await eventually(() => assert.deepEqual(intents().at(-1), everyEvent));
    const down = { state: "down", problem: lost, since: sampleNow, retryAt: null } as const;
    await test.update(activity({}, {}, { asOf: sampleNow, snapshot: sampleSnapshot({ status: down }) }));
    await test.says(".bar", "Not connected: what happens now shows as a span not observed");
  });

  it("speaks of new events sparingly", async () => {
    await test.openDashboard(activity(), host({ newest: 1000 }));
    const said = test.page.locator("arq-activity-tab [role=status].hush");
    assert.equal(await said.innerText(), "", "not of what was there before");
    await test.update(activity({ upTo: 1012, newest: 1012 }));
    await eventually(async () => assert.equal(await said.innerText(), "12 new events"));
    for (let n = 1013; n < 1020; n++) await test.update(activity({ upTo: n, newest: n }));
    await eventually(async () => assert.match(await first(), /14:05:09/));
    assert.equal(await said.innerText(), "12 new events");
  });

  it("shows text from Redis as text, never wider than its window", async () => {
    const hostile = `<img src=x onerror="document.title='owned'">${"x".repeat(500)}`;
    const line = eventSample(sampleNow, 1000, { function: hostile, queue: hostile, jobId: hostile });
    const gap = { key: "999", kind: "gap", from: 0, to: 1, why: hostile } as const;
    const view = { lines: [line, gap], functions: [{ name: hostile }] };
    await test.openDashboard(activity(view, { function: hostile }), { ...host({ newest: 1000 }), width: 300 });
    await test.says(".gap", "<img");
    assert.equal(await test.page.locator("img").count(), 0);
    assert.equal(await test.overflow(), 0);
  });
});
