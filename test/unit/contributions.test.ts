import assert from "node:assert/strict";
import packageJson from "../../package.json";
import texts from "../../package.nls.json";
import { commandPlaces } from "../../src/host/contributions/commands";
import { contextKeys } from "../../src/host/contributions/contextKeys";
import { settingDefinitions } from "../../src/host/contributions/settings";
import { itemContexts, panelTypes, viewContainer, viewIds } from "../../src/host/contributions/views";
import { localManifest } from "../support/localManifest";

const manifest = localManifest(packageJson, texts);
const { contributes } = manifest;

/** Every `when` and `enablement` of the manifest. */
const clauses = [
  ...contributes.viewsWelcome,
  ...Object.values(contributes.menus).flat(),
  ...contributes.commands,
].flatMap((entry) =>
  Object.entries(entry).flatMap(([key, text]) => (key === "when" || key === "enablement" ? [text] : [])),
);

/** `view =~ /^arq\.(queues|failed)$/` with the dots as they are and the alternatives written out. */
function names(clause: string): string[] {
  const spelled = clause.replaceAll(/\/\^(.*?)\(([^)]*)\)\$\//g, (_all, head: string, alternatives: string) =>
    alternatives
      .split("|")
      .map((alternative) => head.replaceAll("\\", "") + alternative)
      .join(" "),
  );
  return spelled.match(/arq\.[A-Za-z.]+/g) ?? [];
}

describe("package.json and src/host/contributions agree", () => {
  it("declares exactly the commands that the code names", () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), Object.keys(commandPlaces).sort());
    for (const { command, category, title } of contributes.commands) {
      assert.equal(category, "ARQ", command);
      assert.ok(title.length > 0, command);
    }
  });

  it("shows exactly the palette commands in the palette", () => {
    const hidden = contributes.menus.commandPalette
      .filter(({ when }) => when === "false")
      .map(({ command }) => command);
    const internal = Object.entries(commandPlaces).flatMap(([id, place]) => (place === "internal" ? [id] : []));
    assert.deepEqual(hidden.sort(), internal.sort());
  });

  it("puts only declared commands into menus and links of welcome views", () => {
    const used = [
      ...Object.values(contributes.menus)
        .flat()
        .map(({ command }) => command),
      ...contributes.viewsWelcome.flatMap(({ contents }) =>
        [...contents.matchAll(/command:(arq\.\w+)/g)].map((m) => m[1]),
      ),
    ];
    assert.ok(used.length > 10);
    for (const command of used) assert.ok(Object.hasOwn(commandPlaces, String(command)), command);
  });

  it("gives every icon command in a title bar an icon", () => {
    const icons = new Map(
      contributes.commands.map((entry) => [entry.command, "icon" in entry ? entry.icon : undefined]),
    );
    const shown = [...contributes.menus["view/title"], ...contributes.menus["view/item/context"]];
    for (const { command, group } of shown) {
      if (/^(navigation|inline)/.test(group)) assert.match(String(icons.get(command)), /^\$\(.+\)$/, command);
    }
  });

  it("declares exactly the settings that the code reads, with the same defaults and limits", () => {
    const properties: Record<string, Record<string, unknown>> = Object.assign(
      {},
      ...contributes.configuration.map((section) => section.properties),
    );
    assert.deepEqual(Object.keys(properties).sort(), Object.keys(settingDefinitions).sort());
    for (const [key, definition] of Object.entries(settingDefinitions)) {
      const property = properties[key] ?? {};
      assert.deepEqual(property.default, definition.default, key);
      for (const [word, limit] of Object.entries(definition.schema))
        assert.deepEqual(property[word], limit, `${key} ${word}`);
      for (const word of ["enum", "minimum", "maximum"]) {
        assert.equal(word in property, word in definition.schema, `${key} ${word}`);
      }
      assert.ok(definition.accepts(definition.default), `${key} accepts its own default`);
      assert.ok(!definition.accepts({}), `${key} refuses an object`);
      assert.match(String(property.markdownDescription), /\S.*\.$/, `${key} is described`);
    }
  });

  it("declares exactly the views and the container that the code creates, each with a welcome", () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [viewContainer],
    );
    assert.deepEqual(contributes.views[viewContainer].map(({ id }) => id).sort(), Object.values(viewIds).sort());
    const welcomed = new Set(contributes.viewsWelcome.map(({ view }) => view));
    assert.deepEqual([...welcomed].sort(), Object.values(viewIds).sort());
  });

  it("wakes up for a link and for every kind of panel, so that a reloaded window can restore it", () => {
    const events: string[] = Object.values(panelTypes).map((type) => `onWebviewPanel:${type}`);
    assert.deepEqual([...manifest.activationEvents].sort(), [...events, "onStartupFinished", "onUri"].sort());
  });

  it("uses in `when` only context keys, views and item contexts that exist, and every one of them", () => {
    const known = new Set<string>([
      ...Object.keys(contextKeys),
      ...Object.values(viewIds),
      ...Object.values(itemContexts),
      ...Object.values(panelTypes),
    ]);
    const used = new Set(clauses.flatMap(names));
    for (const name of used) assert.ok(known.has(name), `${name} is known`);
    for (const { view } of contributes.viewsWelcome) used.add(view);
    assert.deepEqual(
      [...known].filter((name) => !used.has(name)),
      [],
    );
  });

  it("compares arq.state only with states there are, and welcomes each state without data", () => {
    const compared = new Set(
      clauses.flatMap((clause) => [...clause.matchAll(/arq\.state [!=]= (\w+)/g)].map((m) => m[1])),
    );
    const states: readonly string[] = contextKeys["arq.state"];
    for (const state of compared) assert.ok(states.includes(String(state)), state);
    // Down, the cause stands above the rows, and VS Code shows no welcome below such a message: its actions are rows.
    for (const state of states.filter((name) => name !== "live" && name !== "down")) {
      const queues = contributes.viewsWelcome.filter(
        ({ view, when }) => view === viewIds.queues && when.includes(state),
      );
      assert.equal(queues.length, 1, `one welcome for ${state}`);
    }
  });

  it("keeps an untrusted workspace from naming addresses, log files or privacy", () => {
    const { untrustedWorkspaces } = manifest.capabilities;
    assert.equal(untrustedWorkspaces.supported, "limited");
    for (const key of untrustedWorkspaces.restrictedConfigurations)
      assert.ok(Object.hasOwn(settingDefinitions, key), key);
    const values = ["arq.connections", "arq.workerLogs", "arq.terminals.read", "arq.redact", "arq.privacy.hideValues"];
    for (const key of [...values, "arq.links"]) {
      assert.ok(untrustedWorkspaces.restrictedConfigurations.includes(key), key);
    }
  });
});
