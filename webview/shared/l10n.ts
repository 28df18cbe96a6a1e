import { filledIn, speak } from "../../src/python/l10n";

export { dateFormat, decimalText, numberText, t } from "../../src/python/l10n";

/** Translations of the page's texts by their English, as `vscode.l10n.bundle` has them; the host puts them into the page (`src/host/panels/html.ts`). */
const bundle = readBundle();

// Every page imports this module, so this is said before the first text is made.
speak(document.documentElement.lang, (text, ...values) => filledIn(bundle.get(text) ?? text, ...values));

function readBundle(): ReadonlyMap<string, string> {
  const written = document.getElementById("l10n")?.textContent ?? "";
  if (written === "") return new Map();
  return new Map(Object.entries(JSON.parse(written) as Record<string, string>));
}
