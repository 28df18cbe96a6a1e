/** Value of every setting, by key. Units are in the descriptions of package.json. */
export interface SettingTypes {
  /** Entries are checked one by one in `connectionList.ts`, so that one bad entry does not cost the others. */
  "arq.connections": readonly unknown[];
  "arq.feed": "auto" | "poll";
  "arq.workerLogs": readonly string[];
  "arq.terminals.read": boolean;
  /** Entries are checked one by one in `pathMapping.ts`. */
  "arq.pathMappings": readonly unknown[];
  "arq.source.commit": string;
  "arq.workers.staleAfter": number;
  "arq.redact": readonly string[];
  "arq.privacy.hideValues": "production" | "always" | "never";
  "arq.models.includeArguments": boolean;
  /** Entries are checked one by one in `jobLinks.ts`. */
  "arq.links": readonly unknown[];
  "arq.history.enabled": boolean;
  "arq.codeLens.enabled": boolean;
  "arq.hover.enabled": boolean;
  "arq.codeHints.enabled": boolean;
  "arq.failingLines.enabled": boolean;
  "arq.problems.enabled": boolean;
  "arq.notifications.newErrors": "on" | "production" | "off";
  "arq.health.yellow.depth": number;
  "arq.health.yellow.oldestDueSeconds": number;
  "arq.health.yellow.oldestDueForSeconds": number;
  "arq.health.yellow.failedPercent": number;
  "arq.health.minimumJobs": number;
  "arq.health.windowMinutes": number;
  "arq.health.red.depth": number;
  "arq.health.red.oldestDueSeconds": number;
  "arq.health.red.failedPercent": number;
  "arq.health.red.noneFinishedMinutes": number;
}
export type SettingKey = keyof SettingTypes;

/** `configuration.get` casts and never checks, so every value passes `accepts` before it is used. */
export interface SettingDefinition<T> {
  readonly default: T;
  /** The JSON schema of package.json, as far as it limits the value. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly accepts: (value: unknown) => value is T;
  /** For the warning: "a number of 1 or more". */
  readonly expected: string;
}

export const settingDefinitions: { readonly [K in SettingKey]: SettingDefinition<SettingTypes[K]> } = {
  "arq.connections": {
    default: [],
    schema: { type: "array" },
    accepts: (value): value is readonly unknown[] => Array.isArray(value),
    expected: "a list of connections",
  },
  "arq.feed": choice(["auto", "poll"], "auto"),
  "arq.workerLogs": texts(["logs/*.log", "**/*worker*.log"]),
  "arq.terminals.read": flag(true),
  "arq.pathMappings": {
    default: [],
    schema: { type: "array" },
    accepts: (value): value is readonly unknown[] => Array.isArray(value),
    expected: "a list of pairs of folders",
  },
  "arq.source.commit": {
    default: "",
    schema: { type: "string" },
    accepts: (value): value is string => typeof value === "string",
    expected: "a text",
  },
  "arq.workers.staleAfter": amount(60, 1),
  "arq.redact": texts([]),
  "arq.privacy.hideValues": choice(["production", "always", "never"], "production"),
  "arq.models.includeArguments": flag(false),
  "arq.links": {
    default: [],
    schema: { type: "array" },
    accepts: (value): value is readonly unknown[] => Array.isArray(value),
    expected: "a list of links",
  },
  "arq.history.enabled": flag(true),
  "arq.codeLens.enabled": flag(true),
  "arq.hover.enabled": flag(true),
  "arq.codeHints.enabled": flag(true),
  "arq.failingLines.enabled": flag(true),
  "arq.problems.enabled": flag(false),
  "arq.notifications.newErrors": choice(["on", "production", "off"], "on"),
  "arq.health.yellow.depth": amount(500),
  "arq.health.yellow.oldestDueSeconds": amount(10),
  "arq.health.yellow.oldestDueForSeconds": amount(60),
  "arq.health.yellow.failedPercent": amount(5, 0, 100),
  "arq.health.minimumJobs": amount(20, 1),
  "arq.health.windowMinutes": amount(5, 1),
  "arq.health.red.depth": amount(1000),
  "arq.health.red.oldestDueSeconds": amount(300),
  "arq.health.red.failedPercent": amount(10, 0, 100),
  "arq.health.red.noneFinishedMinutes": amount(10, 1),
};

function amount(value: number, minimum = 0, maximum?: number): SettingDefinition<number> {
  return {
    default: value,
    schema: { type: "number", minimum, ...(maximum === undefined ? {} : { maximum }) },
    accepts: (given): given is number =>
      typeof given === "number" && Number.isFinite(given) && given >= minimum && given <= (maximum ?? Infinity),
    expected: maximum === undefined ? `a number of ${minimum} or more` : `a number from ${minimum} to ${maximum}`,
  };
}

function choice<const T extends string>(values: readonly T[], value: NoInfer<T>): SettingDefinition<T> {
  return {
    default: value,
    schema: { type: "string", enum: values },
    accepts: (given): given is T => values.some((known) => known === given),
    expected: `one of ${values.map((known) => `"${known}"`).join(", ")}`,
  };
}

function flag(value: boolean): SettingDefinition<boolean> {
  return {
    default: value,
    schema: { type: "boolean" },
    accepts: (given): given is boolean => typeof given === "boolean",
    expected: "true or false",
  };
}

function texts(value: readonly string[]): SettingDefinition<readonly string[]> {
  return {
    default: value,
    schema: { type: "array", items: { type: "string" } },
    accepts: (given): given is readonly string[] =>
      Array.isArray(given) && given.every((item) => typeof item === "string"),
    expected: "a list of texts",
  };
}
