import { t } from "../l10n";
import { type Evaluated, isList, type Plain } from "./evaluate";
import type { CodePlace, ReadValue } from "./taskCode";

/** Values of a type that a setting takes; others are unknown, with the reason. */
export type SettingReader<T> = (found: Evaluated, place: CodePlace) => ReadValue<T>;

function reader<T>(accept: (value: Plain) => T | undefined, refused: () => string): SettingReader<T> {
  return (found, place) => {
    if ("value" in found) {
      const value = accept(found.value);
      return value === undefined ? { unknown: refused(), place } : { value, place };
    }
    const fallback = found.fallback === undefined ? undefined : accept(found.fallback);
    return fallback === undefined ? { unknown: found.unknown, place } : { unknown: found.unknown, place, fallback };
  };
}

const notNumber = (): string => t("it is not a number");
const notText = (): string => t("it is not a text");
const asNumber = (value: Plain): number | undefined =>
  typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : undefined;
const asText = (value: Plain): string | undefined => (typeof value === "string" ? value : undefined);

export const readNumber: SettingReader<number> = reader(asNumber, notNumber);
export const readNumberOrNone: SettingReader<number | null> = reader<number | null>(
  (value) => (value === null ? null : asNumber(value)),
  notNumber,
);
export const readText: SettingReader<string> = reader(asText, notText);
export const readTextOrNone: SettingReader<string | null> = reader<string | null>(
  (value) => (value === null ? null : asText(value)),
  notText,
);
/** As Python sees truth: `burst = 1` is true. */
export const readBoolean: SettingReader<boolean> = reader(
  (value) => (isList(value) ? value.length > 0 : Boolean(value)),
  () => t("it is not true or false"),
);
