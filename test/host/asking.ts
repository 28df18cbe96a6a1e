import { type Tab, TabInputWebview, window } from "vscode";

type Question =
  | "showWarningMessage"
  | "showErrorMessage"
  | "showInformationMessage"
  | "showInputBox"
  | "showQuickPick"
  | "showSaveDialog";

/** Stands in for a person whom these functions of `window` ask: nobody is there to answer, and a modal one would end the test. */
export interface Asking {
  /** What is answered to every question; undefined: nothing, as by Escape. */
  answer: unknown;
  /** Arguments of every question since `reset`. */
  readonly asked: unknown[][];
  /** The newest question with what explains it. */
  readonly said: string;
  begin(): void;
  reset(): void;
  end(): void;
}

export function answering(...questions: readonly Question[]): Asking {
  const before = new Map(questions.map((name) => [name, Object.getOwnPropertyDescriptor(window, name)]));
  const asking = {
    answer: undefined as unknown,
    asked: [] as unknown[][],
    get said() {
      const [message, options] = this.asked.at(-1) ?? [];
      const detail = typeof options === "object" && options !== null && "detail" in options ? options.detail : "";
      return `${String(message)} ${String(detail)}`;
    },
    begin() {
      const value = (...given: unknown[]): Promise<unknown> => {
        asking.asked.push(given);
        return Promise.resolve(asking.answer);
      };
      for (const name of questions) Object.defineProperty(window, name, { value, configurable: true, writable: true });
    },
    reset() {
      asking.asked.length = 0;
      asking.answer = undefined;
    },
    end() {
      for (const [name, descriptor] of before) if (descriptor) Object.defineProperty(window, name, descriptor);
    },
  };
  return asking;
}

/** Tabs of our panels: VS Code prefixes their type. */
export function panelTabs(type: string): Tab[] {
  return window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof TabInputWebview && input.viewType.endsWith(type));
}
