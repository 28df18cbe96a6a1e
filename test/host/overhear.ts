import assert from "node:assert/strict";
import type { Webview, WebviewPanel } from "vscode";
import { panelTypes } from "../../src/host/contributions/views";
import { eventually } from "../support/eventually";

/** A page as the host sees it: everything it is sent, and a way to ask in its name. */
export interface OverheardPage {
  readonly title: () => string;
  readonly isJob: boolean;
  readonly sent: unknown[];
  ask(name: string, params: unknown): Promise<unknown>;
}

/** Puts `replacement` in the place of a function until `restore` is called. */
export class Spies {
  readonly #restore: (() => void)[] = [];

  put<T extends object, K extends keyof T>(owner: T, name: K, replacement: T[K]): void {
    const before = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, { value: replacement, configurable: true, writable: true });
    this.#restore.push(() => {
      if (before === undefined) delete owner[name];
      else Object.defineProperty(owner, name, before);
    });
  }

  restore(): void {
    for (const restore of this.#restore.splice(0).toReversed()) restore();
  }
}

/** Stands in a panel's way to its page, both ways, and adds the page to `pages`. */
export function overhear(panel: WebviewPanel, pages: OverheardPage[]): WebviewPanel {
  const { webview } = panel;
  const sent: unknown[] = [];
  let hear: ((message: unknown) => unknown) | null = null;
  let id = 100_000;
  const post = webview.postMessage.bind(webview);
  const listen = webview.onDidReceiveMessage.bind(webview);
  const overheard: Partial<Webview> = {
    postMessage: (message) => {
      sent.push(message);
      return post(message);
    },
    onDidReceiveMessage: (listener, ...rest) => {
      hear = listener;
      return listen(listener, ...rest);
    },
  };
  const view = new Proxy(webview, {
    get: (target, name) => {
      if (name in overheard) return Reflect.get(overheard, name) as unknown;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
    set: (target, name, value) => Reflect.set(target, name, value),
  });
  const page: OverheardPage = {
    title: () => panel.title,
    isJob: panel.viewType === panelTypes.job,
    sent,
    async ask(name, params) {
      const mine = ++id;
      hear?.({ kind: "request", id: mine, name, params });
      return eventually(() => {
        const reply = sent.find((message) => (message as { id?: number }).id === mine);
        assert.ok(reply !== undefined, `${name} got no reply`);
        return reply;
      });
    },
  };
  pages.push(page);
  // One that is moved beside goes, and another comes in its place.
  panel.onDidDispose(() => pages.splice(pages.indexOf(page), 1));
  return new Proxy(panel, {
    get: (target, name) => {
      const value: unknown = name === "webview" ? view : Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
    set: (target, name, value) => Reflect.set(target, name, value),
  });
}
