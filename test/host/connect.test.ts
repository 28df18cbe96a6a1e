import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commands, workspace } from "vscode";
import { composeFileOf, findAddresses } from "../../src/host/findAddresses";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { addQueued, disconnect, extensionApi } from "./fixture";

const password = "s3cret-Pa55word";

describe("ARQ: Connect to Redis…", () => {
  let locked: RedisServer;

  before(async () => {
    locked = await startRedis({ args: ["--requirepass", password] });
    await addQueued(locked.client({ password }), "locked-1");
  });

  afterEach(disconnect);

  after(() => locked.stop());

  it("finds the addresses that the workspace names in compose files and Python, with their places", async () => {
    const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    const code = `from arq.connections import RedisSettings\n\nredis = RedisSettings(host="cache", port=6390, database=2)\n`;
    await writeFile(join(folder, "more_settings.py"), code);
    const expected = [
      /^redis:\/\/localhost:6379\/0 (\.env\S*|shop\/settings\.py):\d+$/,
      /^redis:\/\/redis:6379\/0 docker-compose\.yml:\d+$/,
      /^redis:\/\/cache:6390\/2 more_settings\.py:3$/,
    ];
    await eventually(async () => {
      const places = (await findAddresses()).map(({ url, place }) => `${url} ${place}`);
      for (const pattern of expected)
        assert.ok(
          places.some((each) => pattern.test(each)),
          places.join("\n"),
        );
    });
    assert.equal(await composeFileOf("redis"), "docker-compose.yml");
    assert.equal(await composeFileOf("cache"), null);
  });

  it("tests the address, keeps the password out of the setting, writes it and connects", async () => {
    const api = await extensionApi();
    const given = locked.url.replace("redis://", `redis://:${password}@`);
    let ended = false;
    const running = Promise.resolve(commands.executeCommand("arq.connect", given)).finally(() => (ended = true));
    // Takes the offered name, then the first environment, as Enter does.
    await eventually(
      async () => {
        await commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
        return ended;
      },
      { timeoutMs: 20_000, intervalMs: 300 },
    );
    await running;
    assert.deepEqual(workspace.getConfiguration().get("arq.connections"), [{ name: "local", url: locked.url }]);
    await eventually(() => assert.equal(api.session.state, "live"), { timeoutMs: 15_000 });
    const { connection } = api.session;
    assert.ok(connection);
    assert.equal(await api.secrets.get(connection), password);
    await api.secrets.set(connection, "");
  });
});
