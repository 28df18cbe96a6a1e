import assert from "node:assert/strict";
import { newestJobs } from "../../src/protocol/jobQuery";
import type { JobsIntent } from "../../src/protocol/tabs/jobs";
import type { JobQuery } from "../../src/protocol/viewModels";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { sampleJobs } from "../support/sampleViews";

const test = new PageTest();
const box = () => test.page.getByRole("combobox", { name: "Filter jobs" });
const lastIntent = () =>
  (test.opened.asked("look").at(-1) as { look: { intent: JobsIntent } } | undefined)?.look.intent;
const lastQuery = () => lastIntent()?.query;

async function write(text: string): Promise<void> {
  await box().focus();
  await test.page.keyboard.press("End");
  await test.page.keyboard.insertText(text);
  await test.page.keyboard.press("Enter");
}

/** Each way to filter: what people do, and what of the query it is. */
const ways: Readonly<
  Record<string, { readonly act: () => Promise<void>; readonly holds: (query: JobQuery) => boolean }>
> = {
  status: {
    async act() {
      await test.page.locator(".opener").click();
      await test.page.locator("vscode-checkbox[data-state=failed]").click();
      await test.page.keyboard.press("Escape");
    },
    holds: ({ states }) => states.join() === "failed",
  },
  queue: {
    async act() {
      await test.page.locator("vscode-dropdown.queue").click();
      await test.page.getByRole("option", { name: "arq:mail" }).click();
    },
    holds: ({ queue }) => queue === "arq:mail",
  },
  function: { act: () => write("fn:send_*"), holds: ({ text }) => text.includes("fn:send_*") },
  error: { act: () => write('error:"card ending"'), holds: ({ text }) => text.includes('error:"card ending"') },
  time: {
    async act() {
      await test.page.locator("arq-time-range .time-button").click();
      await test.page.getByRole("button", { name: "Last hour" }).click();
    },
    holds: ({ text }) => /(?:^| )since:1h(?:$| )/.test(text),
  },
  words: { act: () => write("4711"), holds: ({ text }) => /(?:^| )4711(?:$| )/.test(text) },
};
const names = Object.keys(ways);
const pairs = names.flatMap((a, place) => names.slice(place + 1).map((b) => [a, b] as const));

describe("filters of the job list, two at a time", () => {
  for (const first of names.slice(0, -1)) {
    it(`hold together: ${first} and each that comes after it`, async () => {
      await test.openDashboard(sampleJobs());
      for (const [a, b] of pairs.filter(([each]) => each === first)) {
        await ways[a]!.act();
        await ways[b]!.act();
        await eventually(() => {
          const query = lastQuery();
          assert.ok(
            query !== undefined && ways[a]!.holds(query) && ways[b]!.holds(query),
            `${a} and ${b}: ${JSON.stringify(query)}`,
          );
          assert.deepEqual([query.offset, query.anchor], [0, null]);
        });
        await test.page.getByLabel("Clear filters").click();
        await eventually(() => assert.deepEqual(lastQuery(), newestJobs));
      }
    });
  }
});

describe("the time of the job list", () => {
  const presets = { "Last 15 minutes": "15m", "Last hour": "1h", "Last 24 hours": "24h", "Last 7 days": "7d" };

  it("is picked from usual spans, each in the place of the one before, and any time again", async () => {
    await test.openDashboard(sampleJobs({}, { text: "card" }));
    for (const [label, since] of Object.entries(presets)) {
      await test.page.locator("arq-time-range .time-button").click();
      await test.page.getByRole("button", { name: label }).click();
      await eventually(() => assert.equal(lastQuery()?.text, `since:${since} card`));
      await test.says("arq-time-range", label);
    }
    await test.page.locator("arq-time-range .time-button").click();
    await test.page.getByRole("button", { name: "Any time" }).click();
    await eventually(() => assert.equal(lastQuery()?.text, "card"));
  });

  it("is picked by keys, and gives the focus back", async () => {
    await test.openDashboard(sampleJobs());
    await test.page.locator("arq-time-range .time-button").focus();
    await test.page.keyboard.press("Enter");
    await eventually(async () => assert.equal(await test.page.locator(".preset:focus").count(), 1));
    await test.page.keyboard.press("ArrowDown");
    await test.page.keyboard.press("Enter");
    await eventually(() => assert.equal(lastQuery()?.text, "since:15m"));
    await eventually(async () => assert.equal(await test.page.locator(".time-button:focus").count(), 1));
  });

  it("is any span from one moment to another", async () => {
    await test.openDashboard(sampleJobs());
    await test.page.locator("arq-time-range .time-button").click();
    await test.page.getByLabel("From", { exact: true }).fill("2026-11-21T14:00:00");
    await test.page.getByLabel("To", { exact: true }).fill("2026-11-21T14:30:05");
    await test.page.getByText("Apply", { exact: true }).click();
    await eventually(() =>
      assert.match(lastQuery()?.text ?? "", /^since:2026-11-21T14:00(:00)?\+01:00 until:2026-11-21T14:30:05\+01:00$/),
    );
    await test.says("arq-time-range", "Some time");
    await test.page.locator("arq-time-range .time-button").click();
    assert.match(await test.page.getByLabel("To", { exact: true }).inputValue(), /^2026-11-21T14:30:05/);
  });
});

describe("filters that were saved", () => {
  const failed = { name: "failed mails", query: { ...newestJobs, states: ["failed"], queue: "arq:mail" } as JobQuery };
  const slow = { name: "slow", query: { ...newestJobs, text: "ran:>10s" } };
  const menu = () => test.page.getByRole("menu", { name: "Saved filters" });
  const openMenu = () => test.page.getByRole("button", { name: "Saved filters" }).click();
  const open = () =>
    test.openDashboard(sampleJobs(), {
      answers: {
        savedFilters: () => [failed, slow],
        saveFilter: () => null,
        renameFilter: () => null,
        deleteFilter: () => null,
        exportJobs: () => null,
      },
    });

  it("are a menu: one is picked, and can be renamed and deleted then", async () => {
    await open();
    await openMenu();
    assert.equal(await menu().getByRole("menuitem", { name: "Save this filter…" }).count(), 1);
    await menu().getByRole("menuitemradio", { name: "failed mails" }).click();
    await eventually(() => assert.deepEqual([lastQuery()?.states, lastQuery()?.queue], [["failed"], "arq:mail"]));
    await openMenu();
    await eventually(async () =>
      assert.equal(
        await menu().getByRole("menuitemradio", { name: "failed mails" }).getAttribute("aria-checked"),
        "true",
      ),
    );
    await menu().getByRole("menuitem", { name: 'Rename "failed mails"…' }).click();
    await eventually(() => assert.deepEqual(test.opened.asked("renameFilter"), [{ name: "failed mails" }]));
    await openMenu();
    await menu().getByRole("menuitem", { name: 'Delete "failed mails"' }).click();
    await eventually(() => assert.deepEqual(test.opened.asked("deleteFilter"), [{ name: "failed mails" }]));
    await test.opened.notify("savedFilters", [slow]);
    await openMenu();
    await eventually(async () => assert.equal(await menu().getByRole("menuitemradio").count(), 1));
  });

  it("are saved, exported and shared from what is shown", async () => {
    await open();
    await write("card");
    await eventually(() => assert.equal(lastQuery()?.text, "card"));
    await openMenu();
    await menu().getByRole("menuitem", { name: "Save this filter…" }).click();
    await eventually(() =>
      assert.equal((test.opened.asked("saveFilter")[0] as { query: JobQuery }).query.text, "card"),
    );
    await test.page.getByRole("button", { name: "More" }).click();
    await test.page.getByRole("menuitem", { name: /^Export these jobs…/ }).click();
    await eventually(() =>
      assert.equal((test.opened.asked("exportJobs")[0] as { query: JobQuery }).query.text, "card"),
    );
    await test.page.getByRole("button", { name: "More" }).click();
    await test.page.getByRole("menuitem", { name: "Copy link to this list" }).click();
    await eventually(() => assert.deepEqual(test.opened.asked("run"), [{ command: "copyDashboardLink" }]));
  });
});
