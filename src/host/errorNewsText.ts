import { l10n } from "vscode";
import type { ErrorNewsItem } from "./errorNews";
import { fullError, shortError } from "./editor/failingLine";
import { count, oneLine, plural } from "./views/texts";

/** Errors that one message names. */
const namedAtMost = 3;
/** A message has room for so much of an error. Characters. */
const errorAtMost = 160;

/** `New error: KeyError: 'sku' in charge_card`. */
export function newsText({ group, back }: ErrorNewsItem): string {
  const error = errorWithFunction(group);
  return back ? l10n.t("Back again: {0}", error) : l10n.t("New error: {0}", error);
}

/** `New error in shop: KeyError: 'sku' in charge_card. shop/orders.py:27, changed 2 days ago by Jane, first failure 1 min ago.` */
export function newsMessage({ group, back }: ErrorNewsItem, where: string, details: readonly string[]): string {
  const error = errorWithFunction(group);
  const text = back ? l10n.t("Back again in {0}: {1}", where, error) : l10n.t("New error in {0}: {1}", where, error);
  return details.length === 0 ? text : l10n.t("{0}. {1}.", text, details.join(", "));
}

/** `3 new errors in shop: KeyError 'sku', TimeoutError, and 1 more`. */
export function manyNewsMessage(news: readonly ErrorNewsItem[], where: string): string {
  const named = news.slice(0, namedAtMost).map(({ group }) => shortError(group));
  const more = news.length - named.length;
  const all = more === 0 ? named : [...named, l10n.t("and {0} more", count(more))];
  return plural(
    news.length,
    l10n.t("1 new error in {0}: {1}", where, all.join(", ")),
    l10n.t("{0} new errors in {1}: {2}", count(news.length), where, all.join(", ")),
  );
}

function errorWithFunction(group: ErrorNewsItem["group"]): string {
  const [first] = group.functions;
  const error = oneLine(fullError(group), errorAtMost);
  return first === undefined ? error : l10n.t("{0} in {1}", error, oneLine(first.name, 80));
}
