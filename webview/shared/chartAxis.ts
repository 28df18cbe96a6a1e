/** Where values lie on an axis. Its ends move in steps, so that a chart does not breathe with every update. */
export interface Axis {
  readonly min: number;
  readonly max: number;
  /** In drawn units. */
  readonly ticks: readonly number[];
  readonly toDrawn: (value: number) => number;
  readonly toValue: (drawn: number) => number;
}

const same = (value: number): number => value;

/** From 0 up to a round number at or above `top`, in at most four steps. */
export function linearAxis(top: number): Axis {
  const step = roundUp(Math.max(top, Number.MIN_VALUE) / 4);
  const whole = Number.isInteger(top) ? Math.max(1, step) : step;
  const steps = Math.max(1, Math.ceil(top / whole - 1e-9));
  const ticks = Array.from({ length: steps + 1 }, (_, index) => index * whole);
  return { min: 0, max: steps * whole, ticks, toDrawn: same, toValue: same };
}

/** 1, 2 or 5 times a power of ten. */
function roundUp(n: number): number {
  const power = 10 ** Math.floor(Math.log10(n));
  return ([1, 2, 5, 10].find((each) => each * power >= n - 1e-9 * power) ?? 10) * power;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** Durations that people think in, ms. */
const marks = [
  1,
  10,
  100,
  second,
  10 * second,
  minute,
  10 * minute,
  hour,
  10 * hour,
  day,
  10 * day,
  100 * day,
  1000 * day,
];

/**
 * Durations in ms by powers of ten, between two of the marks. Zero, and everything below the axis, lies on its lower end: shorter than that is short
 * enough.
 */
export function logAxis(values: readonly number[]): Axis {
  const positive = values.filter((value) => value > 0);
  const lowest = positive.length === 0 ? second : Math.min(...positive);
  const highest = positive.length === 0 ? second : Math.max(...positive);
  const from = Math.max(
    0,
    marks.findLastIndex((mark) => mark <= lowest),
  );
  const to = Math.max(
    from + 1,
    marks.findIndex((mark) => mark >= highest),
  );
  const shown = marks.slice(from, to === 0 ? undefined : to + 1);
  const ticks = shown.map((mark) => Math.log10(mark));
  return {
    min: ticks[0]!,
    max: ticks.at(-1)!,
    ticks,
    toDrawn: (value) => Math.log10(Math.max(value, shown[0]!)),
    // Undoes what rounding of the logarithm did to a mark.
    toValue: (drawn) => Number((10 ** drawn).toPrecision(12)),
  };
}
