import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartDataset,
  type ChartOptions,
  LinearScale,
  LineController,
  LineElement,
  type Plugin,
  PointElement,
  Tooltip,
} from "chart.js";
import { assertNever } from "./assertNever";
import type { ChartSeries, ChartSpec, ChartTone } from "./chartSpec";
import { type Axis, linearAxis, logAxis } from "./chartAxis";
import { isHighContrast, onThemeChange, themeColour } from "./theme";

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
);

type Kind = "bar" | "line";
type Drawn = Chart<Kind, number[], string>;
type Dataset = ChartDataset<Kind, number[]>;

/** Between two lines of the hatching, px. */
const hatchGap = 6;

/** What is drawn on a canvas until it is destroyed. */
export interface DrawnChart {
  show(spec: ChartSpec): void;
  /** Points at one of the points as the mouse does; null at none. */
  mark(index: number | null): void;
  destroy(): void;
}

/**
 * Draws in the colours of the theme, and again when that changes. Never animates, so an update does not move what did not change. Imported when there
 * is something to draw and after the numbers stand: Chart.js is most of the page's script. `onPick` is called with the number of a point that was
 * clicked; the kind of the first spec stays.
 */
export function drawChart(
  canvas: HTMLCanvasElement,
  first: ChartSpec,
  onPick: ((index: number) => void) | null,
): DrawnChart {
  let spec = first;
  let axis = axisOf(spec);
  const value = (drawn: number): string => spec.format(axis.toValue(drawn));
  const options: ChartOptions<Kind> = {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    onClick: (_event, hit) => {
      if (hit[0] !== undefined) onPick?.(hit[0].index);
    },
    datasets: { bar: { categoryPercentage: 1, barPercentage: 0.78, minBarLength: 2, maxBarThickness: 14 } },
    scales: {
      x: {
        stacked: spec.kind === "bars",
        offset: spec.kind === "bars",
        ticks: { maxRotation: 0, autoSkipPadding: 28 },
        grid: { display: false },
      },
      y: {
        stacked: spec.kind === "bars",
        border: { display: false },
        ticks: { callback: (drawn) => value(Number(drawn)) },
        afterBuildTicks: (scale) => {
          scale.ticks = axis.ticks.map((each) => ({ value: each }));
        },
      },
    },
    plugins: {
      tooltip: {
        animation: false,
        displayColors: true,
        boxPadding: 4,
        cornerRadius: 3,
        callbacks: {
          label: (item) => {
            const known = spec.series[item.datasetIndex]?.values[item.dataIndex] ?? null;
            return known === null ? "" : ` ${item.dataset.label ?? ""}: ${spec.format(known)}`;
          },
        },
        filter: ({ datasetIndex, dataIndex }) => {
          const known = spec.series[datasetIndex]?.values[dataIndex] ?? null;
          return known !== null && (spec.kind === "lines" || known !== 0 || datasetIndex === 0);
        },
      },
    },
  };
  const chart: Drawn = new Chart<Kind, number[], string>(canvas, {
    type: spec.kind === "bars" ? "bar" : "line",
    data: { labels: [], datasets: [] },
    options,
    plugins: [gapMarks(() => spec), lineNames(() => spec)],
  });
  const draw = () => {
    axis = axisOf(spec);
    const { data } = chart;
    data.labels = spec.points.map(({ label }) => label);
    while (data.datasets.length > spec.series.length) data.datasets.pop();
    for (const [index, series] of spec.series.entries()) {
      const dataset = { ...lookOf(spec, series), label: series.label, data: drawnValues(spec, series, axis) };
      // The same object as before: Chart.js keeps what it has reckoned for it.
      if (data.datasets[index] === undefined) data.datasets.push(dataset);
      else Object.assign(data.datasets[index], dataset);
    }
    Object.assign(chart.options.scales?.["y"] ?? {}, { min: axis.min, max: axis.max });
    chart.update("none");
  };
  const restyle = () => {
    styleFrame(chart, spec);
    draw();
  };
  const stopListening = onThemeChange(restyle);
  restyle();
  return {
    show(next) {
      spec = next;
      draw();
    },
    mark(index) {
      if (index === null && chart.getActiveElements().length === 0 && !chart.tooltip?.getActiveElements().length)
        return;
      const elements =
        index === null
          ? []
          : spec.series.flatMap(({ values }, datasetIndex) =>
              values[index] === null || values[index] === undefined ? [] : [{ datasetIndex, index }],
            );
      chart.setActiveElements(elements);
      const at = elements[0] === undefined ? null : chart.getDatasetMeta(elements[0].datasetIndex).data[index!];
      chart.tooltip?.setActiveElements(elements, { x: at?.x ?? 0, y: at?.y ?? 0 });
      chart.update("none");
    },
    destroy() {
      stopListening();
      chart.destroy();
    },
  };
}

function axisOf({ kind, series, log = false, least = 0 }: ChartSpec): Axis {
  const known = series.map(({ values }) => values.map((value) => value ?? 0));
  if (log) return logAxis(series.flatMap(({ values }) => values.filter((value) => value !== null)));
  const tops =
    kind === "bars" ? known[0]?.map((_, index) => sum(known.map((values) => values[index] ?? 0))) : known.flat();
  return linearAxis(Math.max(least, ...(tops ?? [])));
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

/** minBarLength would draw a stub for nothing at all: nothing is NaN, which is not drawn. */
function drawnValues({ kind }: ChartSpec, { values }: ChartSeries, axis: Axis): number[] {
  return values.map((value) => (value === null || (kind === "bars" && value === 0) ? Number.NaN : axis.toDrawn(value)));
}

function lookOf({ kind, points }: ChartSpec, series: ChartSeries): Partial<Dataset> {
  const colour = toneColour(series.tone);
  if (kind === "bars") {
    const fill = points.map(({ open = false }) => (open ? withAlpha(colour, 0.4) : colour));
    return { stack: "one", backgroundColor: fill, hoverBackgroundColor: fill };
  }
  const { look = "plain", values, estimated = [] } = series;
  const isKnown = (index: number): boolean => values[index] !== null && values[index] !== undefined;
  // Alone between two gaps there is no line to be seen.
  const alone = values.map((_, index) => isKnown(index) && !isKnown(index - 1) && !isKnown(index + 1));
  return {
    borderColor: colour,
    backgroundColor: colour,
    borderWidth: look === "thin" ? 1 : 1.75,
    stepped: look === "steps" ? "before" : false,
    pointRadius: alone.map((is) => (is ? 2 : 0)),
    pointHoverRadius: 3,
    pointStyle: look === "steps" ? "triangle" : "circle",
    spanGaps: false,
    segment: {
      borderDash: ({ p1DataIndex }: { p1DataIndex: number }) =>
        points[p1DataIndex]?.open === true ? [4, 3] : estimated[p1DataIndex] === true ? [1, 3] : undefined,
    },
  } as unknown as Partial<Dataset>;
}

/** Axes, grid and tooltip in the colours and the font of the theme. */
function styleFrame({ options }: Drawn, { kind }: ChartSpec): void {
  const foreground = themeColour("foreground", "CanvasText");
  const mute = themeColour("descriptionForeground", foreground);
  const line = themeColour("widget-border", themeColour("panel-border", "transparent"));
  const font = { family: themeColour("font-family", "sans-serif"), size: 11 };
  Chart.defaults.font = { ...Chart.defaults.font, ...font };
  const { x, y } = options.scales ?? {};
  for (const scale of [x, y]) {
    if (scale?.ticks !== undefined) Object.assign(scale.ticks, { color: mute, font });
  }
  // Room for the names at the ends of lines.
  options.layout = { padding: { right: kind === "lines" ? 52 : 0, top: 4 } };
  if (x?.border !== undefined) x.border.color = isHighContrast() ? foreground : line;
  if (y?.grid !== undefined) y.grid.color = withAlpha(line, isHighContrast() ? 0.35 : 1);
  Object.assign(options.plugins?.tooltip ?? {}, {
    backgroundColor: themeColour("editorHoverWidget-background", "Canvas"),
    titleColor: foreground,
    bodyColor: foreground,
    borderColor: themeColour("editorHoverWidget-border", foreground),
    borderWidth: 1,
    titleFont: font,
    bodyFont: font,
  });
}

/** The colours of design and states; charts have their own in the theme. */
export function toneColour(tone: ChartTone): string {
  switch (tone) {
    case "good":
      return themeColour("charts-green", themeColour("testing-iconPassed", "green"));
    case "busy":
      return themeColour("charts-blue", themeColour("textLink-foreground", "blue"));
    case "bad":
      return themeColour("charts-red", themeColour("errorForeground", "red"));
    case "warn":
      return themeColour("charts-yellow", themeColour("editorWarning-foreground", "olive"));
    case "mute":
      return themeColour("descriptionForeground", "GrayText");
    default:
      return assertNever(tone);
  }
}

/** Behind everything: hatching where nobody looked, because an empty minute there is no minute in which nothing happened. */
function gapMarks(spec: () => ChartSpec): Plugin<Kind> {
  return {
    id: "gapMarks",
    beforeDatasetsDraw({ ctx, chartArea: { left, right, top, bottom } }) {
      const { points } = spec();
      const width = (right - left) / Math.max(1, points.length);
      ctx.save();
      ctx.strokeStyle = withAlpha(themeColour("descriptionForeground", "GrayText"), 0.5);
      ctx.beginPath();
      for (const [index, { unseen = false }] of points.entries()) {
        if (unseen) ctx.rect(left + index * width, top, width, bottom - top);
      }
      ctx.clip();
      ctx.beginPath();
      for (let x = left - (bottom - top); x < right; x += hatchGap) {
        ctx.moveTo(x, bottom);
        ctx.lineTo(x + bottom - top, top);
      }
      ctx.stroke();
      ctx.restore();
    },
  };
}

/** Height of a name, px. */
const nameHeight = 13;

/** At the end of each line its name, so that no colour has to be told from another. */
function lineNames(spec: () => ChartSpec): Plugin<Kind> {
  return {
    id: "lineNames",
    afterDatasetsDraw(chart) {
      const { kind, series } = spec();
      if (kind !== "lines") return;
      const { ctx, chartArea } = chart;
      const ends = series
        .flatMap(({ label, tone, values }, index) => {
          const last = values.findLastIndex((value) => value !== null);
          const at = last < 0 ? undefined : chart.getDatasetMeta(index).data[last];
          return at === undefined ? [] : [{ label, tone, y: at.y }];
        })
        .sort((a, b) => a.y - b.y);
      // From the bottom up, so that no two overlap and none leaves the chart.
      let lowest = chartArea.bottom;
      ctx.save();
      ctx.font = `11px ${themeColour("font-family", "sans-serif")}`;
      ctx.textBaseline = "middle";
      for (const { label, tone, y } of ends.toReversed()) {
        const place = Math.min(y, lowest - nameHeight / 2);
        lowest = place - nameHeight / 2;
        ctx.fillStyle = toneColour(tone);
        ctx.fillRect(chartArea.right + 4, place - 1, 5, 2);
        ctx.fillStyle = themeColour("foreground", "CanvasText");
        ctx.fillText(label, chartArea.right + 12, place, 40);
      }
      ctx.restore();
    },
  };
}

/** A theme colour made paler. Themes give `#rgb`, `#rrggbb`, `#rrggbbaa` or `rgb(a)`; anything else stays as it is. */
export function withAlpha(colour: string, alpha: number): string {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(colour)?.[1];
  if (hex !== undefined) {
    const full = hex.length === 3 ? hex.replace(/./g, "$&$&") : hex.slice(0, 6);
    const [r, g, b] = [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16));
    return `rgba(${r}, ${g}, ${b}, ${alpha})`;
  }
  const numbers = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(colour);
  return numbers === null ? colour : `rgba(${numbers[1]}, ${numbers[2]}, ${numbers[3]}, ${alpha})`;
}
