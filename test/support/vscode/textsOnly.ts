/**
 * What tests outside VS Code get for `vscode`: the making of texts, in English. Code that needs more of VS Code is tested inside it.
 */
export const l10n = {
  t(message: string, ...values: readonly (string | number | boolean)[]): string {
    const text = message.replaceAll(/\{(\d+)\}/g, (place, index: string) => String(values[Number(index)] ?? place));
    return pseudoLocale.on ? `⟦${text}⟧` : text;
  },
};

/** Marks what was translated, so that what was not is found. */
export const pseudoLocale = { on: false };

/** What of a text made in the pseudo-locale was never handed to a translator. */
export function untranslated(text: string): string {
  const without = text.replaceAll(/⟦[^⟦⟧]*⟧/g, "");
  return without === text ? text : untranslated(without);
}
