import { l10n } from "vscode";

/** A link out of the setting `arq.links`, filled in for a job. */
export interface JobLink {
  readonly label: string;
  readonly url: string;
}

/** What the templates are filled with; null where it is not known. */
export interface LinkedJob {
  readonly id: string;
  readonly function: string | null;
  readonly queue: string | null;
}

const labelAtMost = 60;

/**
 * The links of a job. Values are percent-encoded; one that is not known leaves out the links that name it. Only `http:` and `https:`, and no placeholder
 * before the path: what Redis holds must not choose the server. `problems`: one sentence for each entry that is not used.
 */
export function jobLinks(
  entries: readonly unknown[],
  job: LinkedJob,
): { readonly links: readonly JobLink[]; readonly problems: readonly string[] } {
  const links: JobLink[] = [];
  const problems: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const read = readEntry(entry);
    if (typeof read === "string") problems.push(l10n.t("Entry {0} of arq.links is not used: {1}", index + 1, read));
    else {
      const url = fill(read.url, job);
      if (url !== null) links.push({ label: read.label, url });
    }
  }
  return { links, problems };
}

/** The entry, or why it is not used. */
function readEntry(entry: unknown): JobLink | string {
  if (typeof entry !== "object" || entry === null) return l10n.t("it is no object with label and url.");
  const { label, url } = entry as Record<string, unknown>;
  if (typeof label !== "string" || label.trim() === "" || typeof url !== "string")
    return l10n.t("label and url have to be texts.");
  if (!/^https?:\/\/[^/?#{}\\\s]+(?:[/?#]|$)/i.test(url))
    return l10n.t("its url has to begin with http:// or https:// and a server without placeholders.");
  const unknown = [...url.matchAll(/\{([^{}]*)\}/g)].find(([, name]) => !/^(?:id|function|queue)$/.test(name ?? ""));
  if (unknown !== undefined) return l10n.t("{0} is no placeholder that links have.", unknown[0]);
  if (!URL.canParse(url.replaceAll(/\{\w+\}/g, "x"))) return l10n.t("its url cannot be read.");
  return { label: label.trim().slice(0, labelAtMost), url };
}

function fill(template: string, job: LinkedJob): string | null {
  let known = true;
  const url = template.replaceAll(/\{(id|function|queue)\}/g, (_all, name: keyof LinkedJob) => {
    const value = job[name];
    known &&= value !== null;
    return encode(value ?? "");
  });
  return known ? url : null;
}

/** A lone surrogate, which `encodeURIComponent` throws at, becomes the replacement character. */
function encode(value: string): string {
  return encodeURIComponent(Buffer.from(value).toString());
}
