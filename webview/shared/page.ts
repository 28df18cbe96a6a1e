import type { HostToPage, PageToHost } from "../../src/protocol/channel";
import { PageChannel } from "../../src/protocol/channel";

/** What VS Code gives a webview. Handed out once per page load, so it is asked for here and nowhere else. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** A page's way to its host and its memory over reloads. */
export interface Page<R extends { [K in keyof R]: { params: unknown; result: unknown } }, N, Intent> {
  readonly channel: PageChannel<R, N>;
  /** What `remember` stored last, also before a reload of the window; null on the first load. */
  readonly remembered: Intent | null;
  remember(intent: Intent): void;
}

/**
 * Opens the channel to the host. The VS Code API object stays in this closure: on `window` any injected script could post with it.
 * What VS Code restores is what this page stored itself; a host checks it again like every message.
 */
export function openPage<R extends { [K in keyof R]: { params: unknown; result: unknown } }, N, Intent>(): Page<
  R,
  N,
  Intent
> {
  const api = acquireVsCodeApi();
  resetBody();
  const channel = new PageChannel<R, N>({
    // VS Code's API object, not a window: there is no origin to name.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    post: (message: PageToHost) => api.postMessage(message),
    listen: (listener: (message: HostToPage) => void) =>
      window.addEventListener("message", (event: MessageEvent<HostToPage>) => listener(event.data)),
  });
  return {
    channel,
    remembered: (api.getState() ?? null) as Intent | null,
    remember: (intent) => api.setState(intent),
  };
}

/** VS Code gives every webview's body a padding of its own; these pages bring theirs. A constructed sheet needs no leave of the policy. */
function resetBody(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("body { margin: 0; padding: 0; }");
  document.adoptedStyleSheets.push(sheet);
}
