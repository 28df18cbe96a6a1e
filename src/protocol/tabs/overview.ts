/** What the tab Overview asks: nothing; it shows the snapshot. */
export type OverviewIntent = Readonly<Record<string, never>>;

/** What the snapshot does not hold. */
export type OverviewView = Readonly<Record<string, never>>;
