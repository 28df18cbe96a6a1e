/**
 * What tests outside VS Code get for `vscode`: the making of texts, in English or in the pseudo-locale. Code that needs more of VS Code is
 * tested inside it.
 */
export const l10n = {
  t(message: string, ...values: readonly (string | number | boolean)[]): string {
    return message.replaceAll(/\{(\d+)\}|[A-Za-z]+/g, (found, index?: string) => {
      if (index === undefined) return pseudoLocale.on ? "ж".repeat(found.length) : found;
      return String(values[Number(index)] ?? found);
    });
  },
};

/** A language without a Latin letter: what is left of them was never handed to a translator. */
export const pseudoLocale = { on: false };
