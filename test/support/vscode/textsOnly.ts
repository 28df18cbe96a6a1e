/**
 * What tests outside VS Code get for `vscode`: the making of texts, in English. Code that needs more of VS Code is tested inside it.
 */
export const l10n = {
  t(message: string, ...values: readonly (string | number | boolean)[]): string {
    return message.replaceAll(/\{(\d+)\}/g, (place, index: string) => String(values[Number(index)] ?? place));
  },
};
