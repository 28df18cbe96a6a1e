import { BarController, BarElement, CategoryScale, Chart, LinearScale, type Plugin, Tooltip } from "chart.js";
import { isHighContrast, onThemeChange, themeColour } from "./theme";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

export interface StackedBarPoint {
  readonly label: string;
  readonly complete: number;
  readonly failed: number;
  /** Still filling: drawn paler. */
  readonly open: boolean;
  /** False: what ended then may be missing. */
  readonly covered: boolean;
}

type BarChart = Chart<"bar", number[], string>;
/** Between two lines of the hatching, px. */
const hatchGap = 6;

/** What is drawn on a canvas until it is destroyed. */
export interface StackedBarChart {
  show(points: readonly StackedBarPoint[]): void;
  destroy(): void;
}

/**
 * Bars of complete and failed jobs, one above the other, in the colours of the theme. Never animates, so an update does not move what did not
 * change. Imported when there is something to draw and after the numbers stand: Chart.js is most of the page's script.
 */
export function drawStackedBars(canvas: HTMLCanvasElement): StackedBarChart {
  let shown: readonly StackedBarPoint[] = [];
  const chart = new Chart<"bar", number[], string>(canvas, {
    type: "bar",
    data: {
      labels: [],
      datasets: [
        { label: "complete", data: [], stack: "ended" },
        { label: "failed", data: [], stack: "ended" },
      ],
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      datasets: { bar: { categoryPercentage: 1, barPercentage: 0.78, minBarLength: 2, maxBarThickness: 14 } },
      scales: {
        x: { stacked: true, ticks: { maxRotation: 0, autoSkipPadding: 28 }, grid: { display: false } },
        y: {
          stacked: true,
          beginAtZero: true,
          ticks: { precision: 0, maxTicksLimit: 4 },
          border: { display: false },
        },
      },
      plugins: {
        tooltip: {
          animation: false,
          displayColors: true,
          boxPadding: 4,
          cornerRadius: 3,
          filter: (item) => item.parsed.y !== 0 || item.datasetIndex === 0,
        },
      },
    },
    plugins: [gapMarks(() => shown)],
  });
  const draw = () => {
    styleBars(chart, shown);
    chart.update("none");
  };
  const restyle = () => {
    styleFrame(chart);
    draw();
  };
  const stopListening = onThemeChange(restyle);
  restyle();
  return {
    show(points) {
      shown = points;
      const { data } = chart;
      data.labels = points.map((point) => point.label);
      // minBarLength would draw a stub for nothing at all: nothing is NaN, which is not drawn.
      data.datasets[0]!.data = points.map((point) => (point.complete === 0 ? Number.NaN : point.complete));
      data.datasets[1]!.data = points.map((point) => (point.failed === 0 ? Number.NaN : point.failed));
      draw();
    },
    destroy() {
      stopListening();
      chart.destroy();
    },
  };
}

/** Axes, grid and tooltip in the colours and the font of the theme. */
function styleFrame({ options }: BarChart): void {
  const foreground = themeColour("foreground", "CanvasText");
  const mute = themeColour("descriptionForeground", foreground);
  const line = themeColour("widget-border", themeColour("panel-border", "transparent"));
  const font = { family: themeColour("font-family", "sans-serif"), size: 11 };
  Chart.defaults.font = { ...Chart.defaults.font, ...font };
  const { x, y } = options.scales ?? {};
  for (const scale of [x, y]) {
    if (scale?.ticks !== undefined) Object.assign(scale.ticks, { color: mute, font });
  }
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

function styleBars(chart: BarChart, points: readonly StackedBarPoint[]): void {
  const colours = [
    themeColour("charts-green", themeColour("testing-iconPassed", "green")),
    themeColour("charts-red", themeColour("errorForeground", "red")),
  ];
  for (const [index, colour] of colours.entries()) {
    const fill = points.map((point) => (point.open ? withAlpha(colour, 0.4) : colour));
    Object.assign(chart.data.datasets[index]!, { backgroundColor: fill, hoverBackgroundColor: fill });
  }
}

/** Behind the bars: hatching where nobody looked, because an empty minute there is no minute in which nothing ended. */
function gapMarks(points: () => readonly StackedBarPoint[]): Plugin<"bar"> {
  return {
    id: "gapMarks",
    beforeDatasetsDraw({ ctx, chartArea: { left, right, top, bottom } }) {
      const all = points();
      const width = (right - left) / Math.max(1, all.length);
      ctx.save();
      ctx.strokeStyle = withAlpha(themeColour("descriptionForeground", "GrayText"), 0.5);
      ctx.beginPath();
      for (const [index, point] of all.entries()) {
        if (!point.covered) ctx.rect(left + index * width, top, width, bottom - top);
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
