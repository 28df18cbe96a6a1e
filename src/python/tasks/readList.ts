import { t } from "../l10n";
import { textOf } from "./evaluate";
import type { Expression, ListChange, Scope, Span } from "./moduleSource";
import type { Owner, Resolver, Where, Written } from "./resolver";
import { tooLong } from "./work";

/** An item of a list, with the place where it stands. */
export interface ListItem extends Written {
  readonly file: string;
  readonly at: Span;
}

export interface UnreadPart {
  readonly file: string;
  readonly at: Span;
  readonly why: string;
}

export interface ListRead {
  readonly items: readonly ListItem[];
  readonly unread: readonly UnreadPart[];
}

const maxSteps = 30;
const maxItems = 5000;

/**
 * The items of a list that is put together from literals, other lists (`+`, `*a`), names, attributes of modules, and what is appended to them at the
 * level of a module or class. What is not known without running it is told.
 */
export class ListReader {
  constructor(private readonly resolver: Resolver) {}

  read(value: Expression, where: Where): ListRead {
    const items: ListItem[] = [];
    const unread: UnreadPart[] = [];
    this.#read({ value, where }, items, unread, 0);
    return { items, unread };
  }

  /** What `owner` is changed by after it was made. */
  changes(owner: Owner): ListRead {
    const items: ListItem[] = [];
    const unread: UnreadPart[] = [];
    this.resolver.work.within(() => this.#changes(owner, items, unread, 0));
    return { items, unread };
  }

  #read(written: Written, items: ListItem[], unread: UnreadPart[], steps: number): void {
    const isRead = this.resolver.work.within(() => {
      this.#readOne(written, items, unread, steps);
      return true;
    });
    // Told once, not for each of what is left out.
    if (isRead === null && unread.at(-1)?.why !== tooLong())
      unread.push({ file: written.where.source.file, at: written.value.at, why: tooLong() });
  }

  #readOne({ value, where }: Written, items: ListItem[], unread: UnreadPart[], steps: number): void {
    const fail = (why: string): void => void unread.push({ file: where.source.file, at: value.at, why });
    if (steps > maxSteps || items.length > maxItems) return fail(t("its definition goes in circles or is too long"));
    switch (value.kind) {
      case "list":
        for (const item of value.items) {
          if (item.isStarred) this.#read({ value: item.value, where }, items, unread, steps + 1);
          else items.push({ value: item.value, where, file: where.source.file, at: item.value.at });
        }
        return;
      case "binary":
        if (value.operator === "or") return this.#either(value.left, value.right, where, items, unread, steps);
        if (value.operator !== "+") return fail(t("what {0} makes of it is known at run time only", value.operator));
        this.#read({ value: value.left, where }, items, unread, steps + 1);
        this.#read({ value: value.right, where }, items, unread, steps + 1);
        return;
      case "either":
        this.#read({ value: value.first, where }, items, unread, steps + 1);
        this.#read({ value: value.second, where }, items, unread, steps + 1);
        return;
      case "each":
        return this.#each(value, where, items, unread, steps);
      case "call":
        if (this.#wrapped(value, where, items, unread, steps)) return;
        return this.#meant({ value, where }, items, unread, steps);
      case "name":
      case "attribute":
      case "item":
        return this.#meant({ value, where }, items, unread, steps);
      case "dict":
        for (const { key } of value.entries)
          if (key !== null) items.push({ value: key, where, file: where.source.file, at: key.at });
        return;
      default:
        return fail(value.kind === "other" ? t("{0} is known at run time only", value.what) : t("it is no list"));
    }
  }

  /** `a or b`: the second where the first is empty. */
  #either(
    left: Expression,
    right: Expression,
    where: Where,
    items: ListItem[],
    unread: UnreadPart[],
    steps: number,
  ): void {
    const before = items.length + unread.length;
    this.#read({ value: left, where }, items, unread, steps + 1);
    if (items.length + unread.length === before) this.#read({ value: right, where }, items, unread, steps + 1);
  }

  /** `[func(task, timeout=5) for task in tasks]`: one for each item of a list that is known. */
  #each(
    value: Expression & { kind: "each" },
    where: Where,
    items: ListItem[],
    unread: UnreadPart[],
    steps: number,
  ): void {
    const source: ListItem[] = [];
    this.#read({ value: value.source, where }, source, unread, steps + 1);
    for (const { value: one, where: inside, file, at } of source) {
      const locals = new Map(where.locals ?? []).set(value.name, { value: one, where: inside });
      items.push({ value: value.element, where: { ...where, locals }, file, at });
    }
  }

  /** `list(tasks)`, `tuple(tasks.values())`. False for another call. */
  #wrapped(
    value: Expression & { kind: "call" },
    where: Where,
    items: ListItem[],
    unread: UnreadPart[],
    steps: number,
  ): boolean {
    const { callee, args } = value;
    if (callee.kind === "attribute" && callee.name === "values" && args.length === 0) {
      const dict = this.resolver.resolve(callee.object, where);
      if (dict.kind !== "value" || dict.written.value.kind !== "dict") return false;
      for (const { value: one } of dict.written.value.entries)
        items.push({ value: one, where: dict.written.where, file: dict.written.where.source.file, at: one.at });
      return true;
    }
    if (callee.kind !== "name" || !/^(?:list|tuple|set|sorted|reversed|frozenset)$/.test(callee.name)) return false;
    const [only, ...more] = args;
    if (more.length > 0 || only?.star === "*") return false;
    if (only !== undefined) this.#read({ value: only.value, where }, items, unread, steps + 1);
    return true;
  }

  #meant({ value, where }: Written, items: ListItem[], unread: UnreadPart[], steps: number): void {
    const fail = (why: string): void => void unread.push({ file: where.source.file, at: value.at, why });
    const meaning = this.resolver.resolve(value, where);
    if (meaning.kind === "unknown") return fail(meaning.why);
    if (meaning.kind === "external") return fail(t("{0} is not in the open folders", textOf(value)));
    if (meaning.kind !== "value") return fail(t("{0} is no list", textOf(value)));
    const { written, owner } = meaning;
    if (written.value.kind === "call" && (written.value === value || !this.#isRead(written.value)))
      return fail(t("what {0}() gives is known at run time only", textOf(written.value.callee)));
    const before = items.length;
    this.#read(written, items, unread, steps + 1);
    if (owner === null) return;
    const told = unread.length;
    this.#changes(owner, items, unread, steps);
    const isEmpty = written.value.kind === "list" && written.value.items.length === 0;
    if (isEmpty && items.length === before && unread.length === told)
      fail(t("{0} is empty where it is made, and filled elsewhere", owner.name));
  }

  #isRead({ callee }: Expression & { kind: "call" }): boolean {
    return (
      (callee.kind === "attribute" && callee.name === "values") ||
      (callee.kind === "name" && /^(?:list|tuple|set|sorted|reversed|frozenset)$/.test(callee.name))
    );
  }

  #changes(owner: Owner, items: ListItem[], unread: UnreadPart[], steps: number): void {
    for (const scope of owner.source.scopes) {
      if (scope.changes.length === 0) continue;
      const where: Where = { source: owner.source, scope, locals: null };
      for (const change of scope.changes)
        if (isTarget(change, scope, owner)) this.#change(change, where, items, unread, steps);
    }
  }

  #change(
    { how, value, isLater, at }: ListChange,
    where: Where,
    items: ListItem[],
    unread: UnreadPart[],
    steps: number,
  ): void {
    const { file } = where.source;
    if (isLater) unread.push({ file, at, why: t("it is changed while the program runs") });
    else if (how === "append" && value !== null) items.push({ value, where, file, at: value.at });
    else if (how === "extend" && value !== null) this.#read({ value, where }, items, unread, steps + 1);
    else unread.push({ file, at, why: t("how it is changed here is not read") });
  }
}

/** The list's own name, as it is seen from where it is changed; or `Class.name`. */
function isTarget({ target }: ListChange, scope: Scope, owner: Owner): boolean {
  if (target.kind === "attribute")
    return (
      target.name === owner.name &&
      owner.scope.kind === "class" &&
      target.object.kind === "name" &&
      (target.object.name === owner.scope.name || target.object.name === "cls" || target.object.name === "self")
    );
  if (target.kind !== "name" || target.name !== owner.name) return false;
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    if (at === owner.scope) return at.kind !== "class" || at === scope;
    if (at.bindings.has(owner.name)) return false;
  }
  return false;
}
