/** What `webview/shared/l10n.ts` reads: data, which no policy has to allow. Nothing in English, which has no bundle. */
export function translations(bundle: Readonly<Record<string, string>> | undefined): string {
  if (bundle === undefined) return "";
  // A translation must not end the element it stands in.
  return `<script type="application/json" id="l10n">${JSON.stringify(bundle).replaceAll("<", "\\u003c")}</script>\n`;
}
