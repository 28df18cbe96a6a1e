/** Translations of the page's texts by their English, as `vscode.l10n.bundle` has them; the host puts them into the page (`src/host/panels/html.ts`). */
const bundle = readBundle();

/**
 * The text in the language of VS Code, with `{0}`, `{1}` … filled in. `text` is a literal and a whole sentence or label: what is put together from
 * pieces cannot be translated. Values stay as they are, whatever braces they hold.
 */
export function t(text: string, ...values: readonly (string | number)[]): string {
  return (bundle.get(text) ?? text).replace(/\{(\d)\}/g, (whole, index: string) =>
    String(values[Number(index)] ?? whole),
  );
}

function readBundle(): ReadonlyMap<string, string> {
  const written = document.getElementById("l10n")?.textContent ?? "";
  if (written === "") return new Map();
  return new Map(Object.entries(JSON.parse(written) as Record<string, string>));
}
