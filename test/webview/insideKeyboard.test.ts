import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import type { Frame } from "playwright-core";
import { composedText } from "../support/composedText";
import { eventually } from "../support/eventually";
import { leaveEnded, leaveWaiting, numbered, openShop, shopNumbers } from "../support/shopJobs";
import { ShopWindow } from "../support/vscode/openShopWindow";

const patient = { timeoutMs: 60_000 };
/** Jobs that come, or end, while somebody does something else. */
const many = 200;

describe("Hands on the dashboard inside VS Code", function () {
  this.timeout(240_000);
  let window: ShopWindow;
  let redis: Redis;
  let dashboard: Frame;

  before(async () => {
    window = await ShopWindow.open((server) => openShop((redis = server.client())));
    await window.vscode.openContainer("ARQ");
  });

  after(() => window?.close());

  const press = async (...keys: readonly string[]) => {
    for (const key of keys) await window.page.keyboard.press(key);
  };
  const type = (text: string, delay = 20) => window.page.keyboard.type(text, { delay });
  const text = (frame: Frame, selector = "body") => frame.locator(selector).first().evaluate(composedText);
  /** The innermost element that has the keyboard, as `tag.class data-id`. */
  const focused = (frame: Frame): Promise<string> =>
    frame.evaluate<string>(`(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return [element?.localName, element?.className, element?.dataset?.id ?? element?.getAttribute("aria-label") ?? ""].join(" ");
  })()`);
  const total = (of: number) =>
    eventually(async () => assert.match(await text(dashboard, "arq-pager .range"), new RegExp(`of ${of}\\b`)), patient);

  it("find the newest KeyError of a queue and stand on its line, without a mouse", async () => {
    // The palette may open before it hears of commands that come with their extension.
    await eventually(
      async () => {
        await press("Escape", "F1");
        await window.page.locator(".quick-input-widget:visible input").waitFor({ timeout: 3000 });
        await type("ARQ: Show Dashboard", 0);
        const first = window.page.locator(".quick-input-list .monaco-list-row.focused");
        await first.filter({ hasText: "ARQ: Show Dashboard" }).waitFor({ timeout: 3000 });
      },
      { timeoutMs: 45_000 },
    );
    await press("Enter");
    dashboard = await window.vscode.webview("ARQ Dashboard");
    await dashboard.locator("arq-overview-tab").waitFor();
    await press("/");
    await eventually(async () => assert.match(await focused(dashboard), /^input .*Filter jobs/), patient);
    await type("queue:mails error:KeyError");
    await press("Enter");
    await eventually(async () => assert.match(await focused(dashboard), /job.* key-new$/), patient);
    assert.equal(await dashboard.locator("arq-job-table .job").count(), 2);
    // There and back: the rows are walked by `j` and `k`.
    await press("j");
    await eventually(async () => assert.match(await focused(dashboard), /key-old$/));
    await press("k");
    await eventually(async () => assert.match(await focused(dashboard), /key-new$/));
    await press("Enter");
    const job = await window.vscode.webview(/^Job key-new|· key-new/);
    await job.locator("arq-traceback-list").waitFor();
    // VS Code hands the keyboard over once the page is there.
    await eventually(
      async () => {
        await press("j");
        assert.match(await focused(job), /^button .*go/);
      },
      { ...patient, intervalMs: 300 },
    );
    assert.match(await text(job, "arq-traceback-list"), /payments\.py:56/);
    await press("Enter");
    await window.page.locator(".tab.active", { hasText: "payments.py" }).waitFor();
    // There the line stands today: what the traceback printed has moved since it ran.
    await window.page.locator(".statusbar-item", { hasText: "Ln 63," }).waitFor();
    // It is the editor that is typed into now.
    await press("End");
    await window.page.locator(".statusbar-item", { hasText: /Ln 63, Col \d{2}/ }).waitFor();
  });

  it("what is being typed stays while 200 jobs come", async () => {
    await window.closeEditors();
    dashboard = await window.dashboard();
    await dashboard.locator("[role=tab]").nth(1).click();
    await total(shopNumbers.total);
    const box = dashboard.getByRole("combobox", { name: "Filter jobs" });
    await box.focus();
    const coming = (async () => {
      for (let n = 0; n < many; n += 20) {
        await leaveWaiting(
          redis,
          numbered(20, (i) => ({ id: `rush-${n + i}`, function: "rush" })),
        );
      }
    })();
    await Promise.all([coming, type("rush-1 nothing", 60)]);
    assert.equal(await box.inputValue(), "rush-1 nothing");
    assert.match(await focused(dashboard), /^input .*Filter jobs/);
    for (let n = 0; n < " nothing".length; n++) await press("Backspace");
    assert.equal(await box.inputValue(), "rush-1");
    // rush-1, rush-10 to rush-19, rush-100 to rush-199.
    await total(111);
    await press("Escape", "Escape");
    await total(shopNumbers.total + many);
  });

  it("a menu stays open while 200 jobs end, and the keyboard stays in it", async () => {
    await dashboard.getByRole("button", { name: "Columns" }).first().click();
    const menu = dashboard.locator("[role=menu]:popover-open");
    await menu.waitFor();
    await press("ArrowDown", "ArrowDown");
    const before = await focused(dashboard);
    const item = await text(dashboard, "[role=menu]:popover-open .item:focus");
    assert.match(before, /item/);
    await leaveEnded(
      redis,
      numbered(many, (n) => ({ id: `rush-${n}`, function: "rush", ago: 0 })),
    );
    await eventually(async () => assert.match(await text(dashboard, ".line"), /changed|new/i), patient);
    assert.equal(await menu.count(), 1);
    assert.equal(await focused(dashboard), before);
    assert.equal(await text(dashboard, "[role=menu]:popover-open .item:focus"), item);
    await press("Escape");
    await eventually(async () => assert.equal(await menu.count(), 0));
    await eventually(async () => assert.match(await focused(dashboard), /Columns/));
  });

  it("a row keeps the keyboard and its place while 200 jobs come and 200 end", async () => {
    await dashboard.getByRole("combobox", { name: "Filter jobs" }).fill("waits");
    await total(12);
    await dashboard.getByRole("combobox", { name: "Filter jobs" }).fill("");
    await total(shopNumbers.total + many);
    await dashboard.locator("arq-job-table .job").nth(7).focus();
    const row = await focused(dashboard);
    const place = async () => (await dashboard.locator("arq-job-table .job:focus").boundingBox())?.y;
    const top = await place();
    for (let n = 0; n < many; n += 50) {
      await leaveWaiting(
        redis,
        numbered(50, (i) => ({ id: `flood-${n + i}`, function: "flood" })),
      );
      await leaveEnded(
        redis,
        numbered(50, (i) => ({ id: `flood-${n + i}`, function: "flood", ago: 0 })),
      );
    }
    await dashboard.locator(".news", { hasText: "200 new jobs" }).waitFor();
    assert.equal(await focused(dashboard), row);
    assert.equal(await place(), top);
    await press("n");
    await total(shopNumbers.total + 2 * many);
  });

  it("nothing of it was lost", async () => {
    await press("1");
    const number = (state: string) => dashboard.locator(`.card[data-state="${state}"] .number`).innerText();
    await eventually(async () => {
      assert.equal(await number("complete"), String(shopNumbers.complete + 2 * many));
      assert.equal(await number("queued"), String(shopNumbers.queued));
    }, patient);
    assert.deepEqual(window.refused, []);
  });
});
