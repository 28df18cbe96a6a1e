/** What the tab Activity asks. */
export type ActivityIntent = Readonly<Record<string, never>>;

export type ActivityView = Readonly<Record<string, never>>;
