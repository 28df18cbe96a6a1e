/** What a chart shows. Plain data: `arq-chart` draws it, and says it to those who cannot see it. */
export interface ChartSpec {
  /** `bars`: one series on the other. `lines`: each by itself; null is a gap. */
  readonly kind: "bars" | "lines";
  /** Name of the chart: `Jobs ended per minute`. */
  readonly caption: string;
  /** What it says, in a sentence or two. */
  readonly summary: string;
  readonly series: readonly ChartSeries[];
  /** Oldest first. */
  readonly points: readonly ChartPoint[];
  /** A value as people read it; also on the axis. */
  readonly format: (value: number) => string;
  /** Axis of lines: by powers of ten, for durations in ms. */
  readonly log?: boolean;
  /** Says in its middle that there is nothing to be drawn, and why; absent while there is. */
  readonly empty?: string;
  /** The highest value that the axis shows at least: without it a chart of ones and twos fills its height. */
  readonly least?: number;
}

export interface ChartSeries {
  /** As the legend and the tooltip name it. */
  readonly label: string;
  readonly tone: ChartTone;
  /** One for each point; null: not known. */
  readonly values: readonly (number | null)[];
  /** How a line is told from the others without its colour. `steps` does not suggest what was between two points. */
  readonly look?: "plain" | "thin" | "steps";
  /** Of each point of a line: not counted, but reckoned. Drawn dotted. */
  readonly estimated?: readonly boolean[];
}

export type ChartTone = "good" | "busy" | "bad" | "warn" | "mute";

export interface ChartPoint {
  /** Time of day, or what else stands on the axis. */
  readonly label: string;
  /** Still filling: drawn paler, or dashed. */
  readonly open?: boolean;
  /** Nobody looked then: hatched. */
  readonly unseen?: boolean;
}
