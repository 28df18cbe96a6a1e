import { env, l10n, version as vscodeVersion, window } from "vscode";
import { withoutPassword } from "../../redis/connectionUrl";
import { mask } from "../../arq/secretTokens";
import { settingDefinitions, type SettingKey } from "../contributions/settings";
import { indexingText } from "../indexingText";
import type { HostParts } from "./parts";

/** Puts a text for bug reports on the clipboard: versions, settings, feed, counts, last errors; never a secret. */
export async function copyDiagnostics(parts: HostParts): Promise<void> {
  await env.clipboard.writeText(await diagnostics(parts));
  window.setStatusBarMessage(l10n.t("ARQ: diagnostics copied"), 3000);
}

export async function diagnostics(parts: HostParts): Promise<string> {
  const text = JSON.stringify(facts(parts), null, 2);
  return withoutSecrets(text, await secretsOf(parts));
}

function facts({ context, session, settings, connections, log }: HostParts) {
  const snapshot = session.snapshot();
  return {
    extension: (context.extension.packageJSON as { version: string }).version,
    vscode: `${vscodeVersion} (${env.appName}, ${env.appHost}${env.remoteName === undefined ? "" : `, ${env.remoteName}`})`,
    node: `${process.version} ${process.platform} ${process.arch}`,
    state: session.state,
    connection: session.view,
    status: snapshot?.status ?? null,
    complete: snapshot?.complete ?? false,
    health: snapshot?.health ?? null,
    counts: snapshot?.counts ?? null,
    queues: snapshot?.queues.map(({ name, depth }) => ({ name, depth })) ?? [],
    workers: snapshot?.workerCount ?? null,
    indexed: snapshot === null || snapshot.complete ? null : indexingText(snapshot.sweep),
    sweptAt: snapshot?.sweptAt ?? null,
    history: snapshot?.history ?? null,
    demand: session.demand,
    cost: session.cost,
    commands: Object.fromEntries(session.commandsSent),
    // Addresses only: whatever else a URL holds is nobody's business.
    connections: connections.all.map(({ name, address, environment, prefix, queues, problem }) => ({
      name,
      address,
      environment,
      prefix,
      queues,
      problem: problem?.message ?? null,
    })),
    problems: connections.problems,
    settings: Object.fromEntries(
      (Object.keys(settingDefinitions) as SettingKey[])
        .filter((key) => key !== "arq.connections")
        // What is to be masked may be a secret itself.
        .map((key) => [key, key === "arq.redact" ? `${settings.get(key).length} entries` : settings.get(key)]),
    ),
    lastProblems: log.recentProblems,
  };
}

async function secretsOf({ connections, secrets }: HostParts): Promise<string[]> {
  const stored = await Promise.all(connections.all.map((connection) => secrets.get(connection)));
  const written = connections.all.map(({ url }) => withoutPassword(url).password);
  return [...stored, ...written].flatMap((secret) => (secret === null || secret === "" ? [] : [secret]));
}

/** Nothing above holds one by design; what a server or a library wrote into an error message is not ours. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])) {
      clean = clean.replaceAll(form, mask);
    }
  }
  return clean;
}
