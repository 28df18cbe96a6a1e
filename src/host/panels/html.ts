import { env, l10n, Uri, type Webview, type WebviewOptions } from "vscode";
import { translations } from "./translations";

/** What a page may load, and from where: its own bundle, nothing else. */
export function webviewOptions(extensionUri: Uri): WebviewOptions {
  return { enableScripts: true, localResourceRoots: [Uri.joinPath(extensionUri, "dist", "webview")] };
}

/**
 * The shell of a page. Holds no data: what Redis holds is untrusted text and travels as messages, never as HTML.
 * The hash is that of the empty string, for one empty style element that the UI toolkit appends.
 */
export function pageHtml(webview: Webview, extensionUri: Uri, page: "dashboard" | "job", title: string): string {
  const script = webview.asWebviewUri(Uri.joinPath(extensionUri, "dist", "webview", `${page}.js`));
  const source = webview.cspSource;
  const policy = [
    "default-src 'none'",
    `script-src ${source}`,
    `style-src ${source} 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='`,
    `font-src ${source}`,
    `img-src ${source} data:`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${env.language}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
</head>
<body>
${translations(l10n.bundle)}<arq-${page}></arq-${page}>
<script type="module" src="${script.toString()}"></script>
</body>
</html>`;
}
