import {
  commands,
  InputBoxValidationSeverity,
  l10n,
  ProgressLocation,
  type QuickPickItem,
  window,
  workspace,
} from "vscode";
import type { ConnectionProblem } from "../../monitor/ports";
import { parseConnectionUrl, withoutPassword } from "../../redis/connectionUrl";
import { viewIds } from "../contributions/views";
import { fillEnvironment } from "../connectionList";
import { composeHint } from "../composeHint";
import { findAddresses } from "../findAddresses";
import type { HostParts } from "./parts";
import { askPassword } from "./setPassword";

/** An address that was tested, or that the user wants to keep untested. The URL holds no password. */
interface Tested {
  readonly url: string;
  readonly password: string | null;
}

/**
 * Finds out where to connect, tests it, and writes `arq.connections`. Nothing is connected to before the user chose it,
 * and no password ends up in a setting. Ends in the view that shows what is there.
 */
export async function connect(parts: HostParts, given?: string): Promise<void> {
  if (!workspace.isTrusted)
    throw new Error(l10n.t("This workspace is not trusted, so nothing it names is connected to."));
  const address = given ?? (await chooseAddress(parts));
  if (address === undefined) return;
  const tested = await testUntilSettled(parts, address);
  if (tested === null) return;
  const name = await askName(parts, tested.url);
  if (name === undefined) return;
  const environment = await askEnvironment();
  if (environment === undefined) return;
  const parsed = parseConnectionUrl(fillEnvironment(tested.url, process.env).text);
  if (parsed.ok && tested.password !== null) {
    await parts.secrets.set({ name, address: parsed.settings.address }, tested.password);
  }
  await parts.connections.save({ name, url: tested.url, ...(environment === "" ? {} : { environment }) });
  await commands.executeCommand(`${viewIds.queues}.focus`);
}

async function chooseAddress(parts: HostParts): Promise<string | undefined> {
  type Item = QuickPickItem & { readonly url: string | null };
  const enter: Item = {
    label: `$(edit) ${l10n.t("Enter a URL…")}`,
    description: "redis://host:6379/0",
    url: null,
    alwaysShow: true,
  };
  const found = findAddresses().then((addresses): Item[] => [
    ...addresses.map(({ url, label, place }) => ({
      label: shownUrl(parts, url),
      description: label,
      detail: place,
      url,
    })),
    enter,
  ]);
  const choice = await window.showQuickPick(found, {
    title: l10n.t("Connect to Redis"),
    placeHolder: l10n.t("Found in .env files, compose files and RedisSettings of this workspace"),
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  if (choice === undefined) return undefined;
  return choice.url ?? (await askUrl("redis://localhost:6379/0"));
}

async function askUrl(value: string): Promise<string | undefined> {
  return window.showInputBox({
    title: l10n.t("Redis URL"),
    prompt: l10n.t(
      "redis://[user@]host[:port][/db], rediss://… for TLS, or unix:///path. {0} is filled in.",
      "${env:NAME}",
    ),
    value,
    ignoreFocusOut: true,
    validateInput(text) {
      const filled = fillEnvironment(text.trim(), process.env);
      if (filled.missing.length > 0)
        return l10n.t("The environment variable {0} is not set.", filled.missing.join(", "));
      const parsed = parseConnectionUrl(filled.text);
      return parsed.ok ? undefined : `${parsed.problem.message} ${parsed.problem.advice}`;
    },
  });
}

/** Tests, and on trouble asks again: another try, another address, a password. Null when the user gave up. */
async function testUntilSettled(parts: HostParts, address: string): Promise<Tested | null> {
  let url = address.trim();
  let password: string | null = null;
  for (;;) {
    const split = withoutPassword(url);
    // One that comes from the environment stays there.
    if (split.password !== null && !split.password.includes("${env:")) {
      password = split.password;
      url = split.url;
    }
    const problem = await test(parts, url, password);
    if (problem === null) return { url, password };
    const shown = shownUrl(parts, url);
    if (problem.reason === "passwordNeeded" || problem.reason === "passwordWrong") {
      const entered = await askPassword(
        shown,
        `${problem.message} ${l10n.t("It is kept in VS Code's secret storage.")}`,
      );
      if (entered === undefined) return null;
      password = entered === "" ? null : entered;
      continue;
    }
    const hint = problem.reason === "hostUnknown" ? await composeHint(fillEnvironment(url, process.env).text) : null;
    // Modal: a notification takes no keys, and is not seen at all while they are silenced.
    const [edit, again, save] = [l10n.t("Edit the URL…"), l10n.t("Try Again"), l10n.t("Save Anyway")];
    const choice = await window.showWarningMessage(
      `${shown}: ${problem.message}`,
      { modal: true, detail: hint ?? problem.advice },
      edit,
      again,
      save,
    );
    if (choice === undefined) return null;
    if (choice === save) return { url, password };
    if (choice === edit) {
      const edited = await askUrl(url);
      if (edited === undefined) return null;
      url = edited.trim();
    }
  }
}

/** As it may be seen: without the password before the host, and without what a query may hold (redis-py takes `?password=`). */
function shownUrl({ session }: HostParts, url: string): string {
  return session.redactor.text(withoutPassword(url).url);
}

async function test(parts: HostParts, url: string, password: string | null): Promise<ConnectionProblem | null> {
  const { text: filled } = fillEnvironment(url, process.env);
  // The Redis client is imported only now: see `session.ts`.
  const { testConnection } = await import("../../redis/testConnection");
  const title = l10n.t("Testing {0}…", shownUrl(parts, url));
  const result = await window.withProgress({ location: ProgressLocation.Notification, title }, () =>
    testConnection({ url: filled, password }),
  );
  return result.ok ? null : result.problem;
}

async function askName({ connections }: HostParts, url: string): Promise<string | undefined> {
  const parsed = parseConnectionUrl(fillEnvironment(url, process.env).text);
  const host = parsed.ok && parsed.settings.path === null ? parsed.settings.host : "redis";
  const base = host === "localhost" || host === "127.0.0.1" ? "local" : host;
  const taken = new Set(connections.all.map(({ name }) => name));
  let value = base;
  for (let n = 2; taken.has(value); n++) value = `${base} ${n}`;
  const name = await window.showInputBox({
    title: l10n.t("Name of the Connection"),
    prompt: l10n.t("Shown in the side bar, the status bar and the dashboard."),
    value,
    ignoreFocusOut: true,
    validateInput(text) {
      if (text.trim() === "") return l10n.t("A name is needed.");
      if (!taken.has(text.trim())) return undefined;
      return { message: l10n.t("Replaces the connection of this name."), severity: InputBoxValidationSeverity.Warning };
    },
  });
  return name?.trim();
}

/** "" for none; undefined when the user cancelled. */
async function askEnvironment(): Promise<string | undefined> {
  const items = [
    { label: l10n.t("Not named"), description: "", value: "" },
    { label: "development", description: "", value: "development" },
    { label: "staging", description: "", value: "staging" },
    {
      label: "production",
      description: l10n.t("coloured; arguments and results hidden behind a click"),
      value: "production",
    },
  ];
  return (await window.showQuickPick(items, { title: l10n.t("Environment of the Connection"), ignoreFocusOut: true }))
    ?.value;
}
