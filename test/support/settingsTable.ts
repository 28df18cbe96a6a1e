/** A setting as package.json contributes it. */
interface ContributedSetting {
  readonly type?: string | readonly string[];
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly markdownDescription?: string;
  readonly order?: number;
}

type Configuration = { readonly properties?: Readonly<Record<string, ContributedSetting>> };

/** README's table of settings, made from `contributes.configuration`: one row a setting, in the order of the manifest. */
export function settingsTable(manifest: {
  readonly contributes: { readonly configuration: Configuration | readonly Configuration[] };
}): string {
  const { configuration } = manifest.contributes;
  const sections = Array.isArray(configuration)
    ? (configuration as readonly Configuration[])
    : [configuration as Configuration];
  const rows = sections.flatMap((section) =>
    Object.entries(section.properties ?? {}).map(([name, setting]) => {
      // `#name#` is a link to another setting in VS Code's settings editor, and nothing elsewhere.
      const text =
        (setting.markdownDescription ?? setting.description ?? "").split("\n")[0]?.replace(/`?#([\w.]+)#`?/g, "`$1`") ??
        "";
      return `| \`${name}\` | \`${JSON.stringify(setting.default)}\` | ${text.replaceAll("|", "\\|")} |`;
    }),
  );
  return ["| setting | default | meaning |", "|---|---|---|", ...rows].join("\n");
}

/** README with the table between its markers replaced. Throws when the markers are gone. */
export function withSettingsTable(readme: string, table: string): string {
  const begin = /<!-- settings:begin.*-->\n/.exec(readme);
  const end = readme.indexOf("<!-- settings:end -->");
  if (begin === null || end < begin.index) throw new Error("README.md has lost its settings markers");
  return `${readme.slice(0, begin.index + begin[0].length)}${table}\n${readme.slice(end)}`;
}
