import { arqDefaults, type ReadValue, type SettingsCode } from "../../python/tasks/taskCode";

/** The queue that a worker with these settings reads; null where the source does not tell. */
export function queueOf({ values: { queue_name } }: Pick<SettingsCode, "values">): string | null {
  if (queue_name === null) return arqDefaults.queue_name;
  return "value" in queue_name ? queue_name.value : null;
}

/** As `queueOf`; where the environment decides, the queue that applies without it. */
export function likelyQueueOf(settings: Pick<SettingsCode, "values">): string | null {
  const { queue_name } = settings.values;
  return queueOf(settings) ?? (queue_name === null ? null : (known(queue_name)?.value ?? null));
}

/** The value, or what applies where the environment says nothing. Null where neither is known. */
export function known<T>(read: ReadValue<T>): { readonly value: T; readonly assumed: boolean } | null {
  if ("value" in read) return { value: read.value, assumed: false };
  return read.fallback === undefined ? null : { value: read.fallback, assumed: true };
}
