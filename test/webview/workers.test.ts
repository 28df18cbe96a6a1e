import assert from "node:assert/strict";
import { lookAt } from "../../src/protocol/tabs";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { sampleLook } from "../support/sampleViews";

const test = new PageTest();

describe("the tab Workers", () => {
  it("lists what is known of each worker", async () => {
    await test.openDashboard(sampleLook(lookAt("workers")));
    await test.says(
      "arq-worker-list",
      /arq:queue seen \d+ s ago.*One health record.*mail-1:4711 arq:mail stale, last seen 3 min ago had 1 of 10 running · .*release 2026\.11\.3 · ARQ 0\.28\.0 · Python 3\.11\.7 send_mail 4 min( \d+ s)? try 2/,
    );
    await test.page.locator("arq-worker-list button").click();
    await eventually(() => assert.deepEqual(test.opened.asked("openJob"), [{ id: "m1" }]));
  });
});
