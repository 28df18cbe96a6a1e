import { l10n } from "vscode";
import { parseConnectionUrl } from "../redis/connectionUrl";
import { composeFileOf } from "./findAddresses";

/** What to try when the host of this URL does not resolve but is a compose service of this workspace; else null. */
export async function composeHint(url: string): Promise<string | null> {
  const parsed = parseConnectionUrl(url);
  if (!parsed.ok) return null;
  const { host } = parsed.settings;
  const file = await composeFileOf(host);
  if (file === null) return null;
  return l10n.t(
    '"{0}" is a service of {1}: its name is known only between its containers. From here, publish its port and use localhost.',
    host,
    file,
  );
}
