import { t } from "../l10n";
import { placeOf, type Definitions } from "./definitions";
import { type Evaluator, textOf } from "./evaluate";
import type { ListReader, UnreadPart } from "./readList";
import type { Registered, Registrations } from "./registrations";
import type { Resolver } from "./resolver";
import type { GivenSetting, SettingsFound } from "./settingsFinder";
import {
  readBoolean,
  readNumber,
  readNumberOrNone,
  readText,
  readTextOrNone,
  type SettingReader,
} from "./settingValues";
import type { ReadValue, Reference, SettingsCode, SettingsValues } from "./taskCode";

/** Settings with what they register, in ARQ's order: functions, then cron jobs. */
export interface SettingsRead {
  readonly settings: SettingsCode;
  readonly registered: readonly Registered[];
}

/** Reads the values of settings that were found. */
export class SettingsReader {
  constructor(
    private readonly resolver: Resolver,
    private readonly evaluator: Evaluator,
    private readonly lists: ListReader,
    private readonly registrations: Registrations,
    private readonly definitions: Definitions,
  ) {}

  read(found: SettingsFound): SettingsRead {
    const { kind, name, source, at, ignored } = found;
    const unread: UnreadPart[] = [];
    const registered = ["functions", "cron_jobs"].flatMap((key) => this.#list(found, key, unread));
    if (found.unread !== null) unread.push({ file: source.file, at, why: found.unread });
    for (const { name: own, why, place } of registered)
      if (own === null)
        unread.push({ file: place.file, at: place, why: why ?? t("its name is known at run time only") });
    const settings: SettingsCode = {
      kind,
      name,
      module: this.resolver.table.nameOf(source.file),
      place: placeOf(source.file, at),
      values: this.#values(found),
      unread: unread.map((part) => ({ place: placeOf(part.file, part.at), why: part.why })),
      ignored: ignored.map((one) => ({ name: one.name, place: placeOf(one.file, one.at) })),
    };
    return { settings, registered };
  }

  #list({ given, scope, source }: SettingsFound, name: string, unread: UnreadPart[]): Registered[] {
    const setting = given.get(name);
    const isNone = setting?.value.kind === "constant" && setting.value.value === null;
    const own =
      setting === undefined || isNone ? { items: [], unread: [] } : this.lists.read(setting.value, setting.where);
    const more = scope === null ? { items: [], unread: [] } : this.lists.changes({ source, scope, name });
    unread.push(...own.unread, ...more.unread);
    if (setting?.isConditional === true)
      unread.push({ file: setting.where.source.file, at: setting.value.at, why: t("it depends on a condition") });
    return [...own.items, ...more.items].map((item) => this.registrations.read(item));
  }

  #values({ given }: SettingsFound): SettingsValues {
    const of = <T>(name: string, read: SettingReader<T>): ReadValue<T> | null => {
      const setting = given.get(name);
      return setting === undefined ? null : this.#value(setting, read);
    };
    const reference = (name: string): ReadValue<Reference> | null => {
      const setting = given.get(name);
      return setting === undefined ? null : this.#reference(setting);
    };
    return {
      queue_name: of("queue_name", readTextOrNone),
      max_jobs: of("max_jobs", readNumber),
      job_timeout: of("job_timeout", readNumber),
      max_tries: of("max_tries", readNumber),
      keep_result: of("keep_result", readNumber),
      keep_result_forever: of("keep_result_forever", readBoolean),
      retry_jobs: of("retry_jobs", readBoolean),
      allow_abort_jobs: of("allow_abort_jobs", readBoolean),
      health_check_interval: of("health_check_interval", readNumber),
      health_check_key: of("health_check_key", readTextOrNone),
      poll_delay: of("poll_delay", readNumber),
      queue_read_limit: of("queue_read_limit", readNumberOrNone),
      job_completion_wait: of("job_completion_wait", readNumber),
      expires_extra_ms: of("expires_extra_ms", readNumber),
      burst: of("burst", readBoolean),
      max_burst_jobs: of("max_burst_jobs", readNumber),
      log_results: of("log_results", readBoolean),
      timezone: of("timezone", readText),
      on_startup: reference("on_startup"),
      on_shutdown: reference("on_shutdown"),
      on_job_start: reference("on_job_start"),
      on_job_end: reference("on_job_end"),
      after_job_end: reference("after_job_end"),
      job_serializer: reference("job_serializer"),
      job_deserializer: reference("job_deserializer"),
      redis_settings: reference("redis_settings"),
    };
  }

  #value<T>({ value, where, isConditional }: GivenSetting, read: SettingReader<T>): ReadValue<T> {
    const place = placeOf(where.source.file, value.at);
    if (isConditional) return { unknown: t("it depends on a condition"), place };
    return read(this.evaluator.evaluate(value, where), place);
  }

  #reference({ value, where }: GivenSetting): ReadValue<Reference> | null {
    const place = placeOf(where.source.file, value.at);
    if (value.kind === "constant" && value.value === null) return null;
    const meaning = this.resolver.resolve(value, where);
    const definition = meaning.kind === "function" ? this.definitions.of(meaning.scope, meaning.source.file) : null;
    return { value: { text: textOf(value), definition }, place };
  }
}
