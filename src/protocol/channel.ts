/** The envelope on the wire. Ids count up per page load. */
export type PageToHost = {
  readonly kind: "request";
  readonly id: number;
  readonly name: string;
  readonly params: unknown;
};
export type HostToPage =
  | { readonly kind: "reply"; readonly id: number; readonly result: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly message: string }
  | { readonly kind: "notification"; readonly name: string; readonly params: unknown };

/** Something that posts one way and hears the other: a `Webview` in the host, `window` and the VS Code API in the page. */
export interface Port<Out, In> {
  post(message: Out): void;
  listen(listener: (message: In) => void): void;
}

/** The page's half: typed requests, typed notifications. */
export class PageChannel<R extends { [K in keyof R]: { params: unknown; result: unknown } }, N> {
  #nextId = 1;
  readonly #pending = new Map<number, { resolve: (value: never) => void; reject: (reason: Error) => void }>();
  readonly #listeners = new Map<keyof N, (params: never) => void>();

  constructor(private readonly port: Port<PageToHost, HostToPage>) {
    port.listen((message) => this.#receive(message));
  }

  /** Rejects with the host's message when the handler failed. */
  request<K extends keyof R & string>(name: K, params: R[K]["params"]): Promise<R[K]["result"]> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.port.post({ kind: "request", id, name, params });
    });
  }

  on<K extends keyof N & string>(name: K, listener: (params: N[K]) => void): void {
    this.#listeners.set(name, listener);
  }

  #receive(message: HostToPage): void {
    switch (message.kind) {
      case "notification":
        (this.#listeners.get(message.name as keyof N) as ((params: unknown) => void) | undefined)?.(message.params);
        return;
      case "reply":
        this.#take(message.id)?.resolve(message.result as never);
        return;
      case "failure":
        this.#take(message.id)?.reject(new Error(message.message));
        return;
    }
  }

  #take(id: number) {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }
}

/** One entry per request: how its params are checked at run time, and what answers it. */
export type Handlers<R extends { [K in keyof R]: { params: unknown; result: unknown } }> = {
  readonly [K in keyof R]: {
    /** Throws on anything the page may not send. A page shows attacker-controlled text, so its messages are not trusted. */
    readonly check: (params: unknown) => R[K]["params"];
    readonly handle: (params: R[K]["params"]) => Promise<R[K]["result"]> | R[K]["result"];
  };
};

/** The host's half. Every request gets exactly one answer, also when its check or handler throws. */
export class HostChannel<R extends { [K in keyof R]: { params: unknown; result: unknown } }, N> {
  constructor(
    private readonly port: Port<HostToPage, unknown>,
    private readonly handlers: Handlers<R>,
    /** Told of every failure, for the log. */
    private readonly onFailure: (name: string, error: unknown) => void,
  ) {
    port.listen((message) => void this.#receive(message));
  }

  notify<K extends keyof N & string>(name: K, params: N[K]): void {
    this.port.post({ kind: "notification", name, params });
  }

  async #receive(message: unknown): Promise<void> {
    if (!isRequest(message)) {
      this.onFailure("(malformed)", new Error("a message that is no request"));
      return;
    }
    const { id, name, params } = message;
    try {
      if (!Object.hasOwn(this.handlers, name)) throw new Error(`unknown request "${name}"`);
      const handler = this.handlers[name as keyof R];
      this.port.post({ kind: "reply", id, result: await handler.handle(handler.check(params)) });
    } catch (error) {
      this.onFailure(name, error);
      this.port.post({ kind: "failure", id, message: error instanceof Error ? error.message : String(error) });
    }
  }
}

function isRequest(message: unknown): message is PageToHost {
  if (typeof message !== "object" || message === null) return false;
  const { kind, id, name } = message as Record<string, unknown>;
  return kind === "request" && typeof id === "number" && Number.isSafeInteger(id) && typeof name === "string";
}
