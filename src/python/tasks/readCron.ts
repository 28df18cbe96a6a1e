import { t } from "../l10n";
import { isList, type Evaluated, type Evaluator, type Plain } from "./evaluate";
import { placeOf } from "./definitions";
import type { Expression } from "./moduleSource";
import { argument } from "./registrations";
import type { Where } from "./resolver";
import type { Registered } from "./registrations";
import { readBoolean, readText, type SettingReader } from "./settingValues";
import type { CodePlace, CronField, CronSchedule, ReadValue } from "./taskCode";

/** As arq.typing.WEEKDAYS has them: others are refused. */
const weekdays = ["mon", "tues", "wed", "thurs", "fri", "sat", "sun"];
const fields = ["month", "day", "weekday", "hour", "minute", "second"] as const;

const takes = (): string => t("ARQ takes a number or a set of numbers");

/** The options of a call of `cron`. */
export interface CronRead {
  readonly schedule: ReadValue<CronSchedule>;
  readonly runAtStartup: ReadValue<boolean> | null;
  readonly unique: ReadValue<boolean> | null;
  readonly jobId: ReadValue<string> | null;
}

export function readCron({ call, where }: NonNullable<Registered["cron"]>, evaluator: Evaluator): CronRead {
  const place = placeOf(where.source.file, call.at);
  const option = <T>(name: string, read: SettingReader<T>): ReadValue<T> | null => {
    const given = argument(call.args, name, null);
    if (given === null || (given.kind === "constant" && given.value === null)) return null;
    return read(evaluator.evaluate(given, where), placeOf(where.source.file, given.at));
  };
  const evaluated = new Map<string, Evaluated>();
  for (const name of [...fields, "microsecond"]) {
    const given = argument(call.args, name, null);
    if (given !== null)
      evaluated.set(name, isRefused(given, where, evaluator) ? { unknown: takes() } : evaluator.evaluate(given, where));
  }
  const isUnpacked = call.args.some(({ star }) => star === "**");
  return {
    schedule: isUnpacked
      ? { unknown: t("what ** unpacks is known at run time only"), place }
      : readSchedule(evaluated, place),
    runAtStartup: option("run_at_startup", readBoolean),
    unique: option("unique", readBoolean),
    jobId: option("job_id", readText),
  };
}

function readSchedule(given: ReadonlyMap<string, Evaluated>, place: CodePlace): ReadValue<CronSchedule> {
  const why = [...given].flatMap(([name, found]) => ("unknown" in found ? [`${name}: ${found.unknown}`] : []))[0];
  // Without the environment, as far as it is known.
  const plain = new Map([...given].map(([name, found]) => [name, "value" in found ? found.value : found.fallback]));
  if ([...plain.values()].includes(undefined)) return { unknown: why ?? t("it is not read"), place };
  const read: Record<string, CronField> = {
    month: null,
    day: null,
    weekday: null,
    hour: null,
    minute: null,
    second: 0,
  };
  for (const name of fields) {
    const value = plain.get(name);
    if (value === undefined) continue;
    const field = fieldOf(name, value);
    if (field === undefined) return { unknown: `${name}: ${takes()}`, place };
    read[name] = field;
  }
  const microsecond = plain.get("microsecond") ?? 123_456;
  if (typeof microsecond !== "number") return { unknown: t("microsecond: ARQ takes a number"), place };
  const { month = null, day = null, weekday = null, hour = null, minute = null, second = 0 } = read;
  const schedule: CronSchedule = { month, day, weekday, hour, minute, second, microsecond };
  return why === undefined ? { value: schedule, place } : { unknown: why, place, fallback: schedule };
}

/** A range or frozenset: arq.cron's `_get_next_dt` raises RuntimeError for all but int, set, list and tuple, and the worker ends as it starts. */
function isRefused(given: Expression, where: Where, evaluator: Evaluator): boolean {
  const meaning = evaluator.resolver.resolve(given, where);
  if (meaning.kind !== "value" || meaning.written.value.kind !== "call") return false;
  const { value, where: inside } = meaning.written;
  const callee = evaluator.resolver.resolve(value.callee, inside);
  return callee.kind === "external" && /^builtins\.(?:range|frozenset)$/.test(callee.name);
}

function fieldOf(name: string, value: Plain): CronField | undefined {
  if (value === null) return null;
  if (typeof value === "string") {
    const day = name === "weekday" ? weekdays.indexOf(value.toLowerCase()) : -1;
    return day === -1 ? undefined : day;
  }
  if (typeof value === "number" && Number.isInteger(value)) return value;
  if (!isList(value)) return undefined;
  const numbers = value.filter((one): one is number => typeof one === "number" && Number.isInteger(one));
  return numbers.length === value.length ? [...new Set(numbers)].sort((one, other) => one - other) : undefined;
}
