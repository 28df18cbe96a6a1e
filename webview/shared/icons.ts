import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";

const stroke = (d: string) =>
  svg`<path d=${d} fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"/>`;
const ring = svg`<circle cx="8" cy="8" r="5.8" fill="none" stroke="currentColor" stroke-width="1.4"/>`;
const disc = (d: string) =>
  svg`<circle cx="8" cy="8" r="6.5" fill="currentColor"/><path d=${d} class="on" fill="none" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>`;

const shapes = {
  circle: ring,
  clock: svg`${ring}${stroke("M8 4.8V8l2.2 1.6")}`,
  play: svg`${ring}<path d="M6.6 5.4v5.2L10.8 8z" fill="currentColor"/>`,
  pause: stroke("M5.800 3.500v9M10.200 3.500v9"),
  retry: stroke("M12.8 5.2A5.6 5.6 0 1 0 13.6 8M13.2 2.4v3h-3"),
  broken: svg`<path d="M4.2 12.4A5.8 5.8 0 0 1 8 2.2M11.8 3.6A5.8 5.8 0 0 1 8 13.8" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"/>${stroke("M6.4 6.4l3.2 3.2M9.6 6.4L6.4 9.6")}`,
  hourglass: stroke("M4.5 2.5h7M4.5 13.5h7M5 2.5c0 3 3 4 3 5.5S5 10.5 5 13.500M11 2.500c0 3-3 4-3 5.500s3 2.5 3 5.5"),
  check: disc("M5.2 8.200l2 2 3.6-4.2"),
  cross: disc("M5.8 5.800l4.4 4.400M10.2 5.800l-4.4 4.4"),
  stop: svg`${ring}<rect x="5.7" y="5.7" width="4.6" height="4.6" rx=".6" fill="currentColor"/>`,
  dash: svg`${ring}${stroke("M5.4 8h5.2")}`,
  question: svg`${ring}${stroke("M6.4 6.400a1.7 1.7 0 1 1 2.5 1.500c-.6.3-.9.6-.9 1.200M8 11v.05")}`,
  warning: svg`${stroke("M8 2.400L14.2 13.400H1.800z")}${stroke("M8 6.400v3.400M8 11.600v.05")}`,
  error: svg`${ring}${stroke("M8 4.800v4M8 11v.05")}`,
  bolt: svg`<path d="M9.2 1.800L3.8 9h3.600l-.8 5.200L12.2 7H8.400z" fill="currentColor"/>`,
  refresh: stroke("M13 8a5 5 0 1 1-1.5-3.600M13 2.600v2.800h-2.8"),
  copy: svg`${stroke("M5.5 5.500h7v8h-7z")}${stroke("M3.5 10.500v-8h7")}`,
  chevronRight: stroke("M6 3.500L10.5 8 6 12.5"),
  chevronDown: stroke("M3.5 6L8 10.5 12.5 6"),
  chevronLeft: stroke("M10 3.500L5.5 8l4.5 4.5"),
  arrowUp: stroke("M8 13V3.500M4 7.200L8 3.200l4 4"),
  arrowDown: stroke("M8 3v9.500M4 8.800l4 4 4-4"),
  close: stroke("M4 4l8 8M12 4l-8 8"),
  search: svg`<circle cx="7" cy="7" r="4.3" fill="none" stroke="currentColor" stroke-width="1.4"/>${stroke("M10.2 10.200L14 14")}`,
  plug: stroke("M5.5 2v3.500M10.5 2v3.500M3.5 5.500h9V8a4.5 4.5 0 0 1-9 0zM8 12.500V15"),
  inbox: stroke("M2.5 9.500l2-6h7l2 6v3.500h-11zM2.5 9.500h3.500l1 1.500h2l1-1.500h3.5"),
  tick: stroke("M3.5 8.500l3 3 6-7"),
  columns: stroke("M2.5 3h11v10h-11zM6.2 3v10M9.800 3v10"),
  bookmark: stroke("M4.5 2.500h7v11L8 10.500l-3.500 3z"),
  more: svg`<path d="M3.500 8h.01M8 8h.01M12.500 8h.01" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/>`,
  code: stroke("M5.500 4.500L2 8l3.500 3.500M10.500 4.500L14 8l-3.500 3.500"),
  debug: svg`${stroke("M5 7.500a3 3 0 0 1 6 0v2.700a3 3 0 0 1-6 0zM5.900 5.200L4.600 3.400M10.100 5.200l1.300-1.800M5 9H2.500M13.500 9H11M5.300 11.500l-2 1.700M10.700 11.500l2 1.700")}`,
  filter: stroke("M2.5 4h11M4.5 8h7M6.5 12h3"),
  bell: stroke(
    "M8 2.500a3.600 3.600 0 0 0-3.600 3.600c0 3.400-1.400 4.400-1.400 4.400h10s-1.400-1-1.400-4.400A3.600 3.600 0 0 0 8 2.500zM6.800 13a1.300 1.300 0 0 0 2.400 0",
  ),
  external: stroke("M6.500 3.500h-3v9h9v-3M9 2.500h4.500V7M13.300 2.700L7.500 8.500"),
  eye: svg`${stroke("M1.500 8S4 3.800 8 3.800 14.500 8 14.500 8 12 12.200 8 12.200 1.500 8 1.500 8z")}<circle cx="8" cy="8" r="1.900" fill="none" stroke="currentColor" stroke-width="1.4"/>`,
  eyeClosed: stroke("M1.500 8S4 3.800 8 3.800 14.500 8 14.500 8 12 12.200 8 12.200 1.500 8 1.500 8zM3 13.500L13 2.500"),
  peek: svg`${stroke("M2.5 3h11v10h-11zM2.5 6.500h11")}<path d="M5 9.800h6" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"/>`,
  commit: svg`<circle cx="8" cy="8" r="2.600" fill="none" stroke="currentColor" stroke-width="1.4"/>${stroke("M1.500 8h3.900M10.600 8h3.900")}`,
  lock: svg`${stroke("M3.8 7.200h8.400v6H3.800z")}${stroke("M5.5 7V5a2.5 2.5 0 0 1 5 0v2")}`,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof shapes;

/** A 16-pixel picture in the colour of the text around it. Decoration only: the words beside it or the button's label say the same. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
    ${shapes[name]}
  </svg>`;
}
