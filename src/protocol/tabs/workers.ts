/** What the tab Workers asks: nothing; it shows the snapshot. */
export type WorkersIntent = Readonly<Record<string, never>>;

/** What the snapshot does not hold. */
export type WorkersView = Readonly<Record<string, never>>;
