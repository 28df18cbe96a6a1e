import { css, html, type TemplateResult } from "lit";
import { chartMinutes, type DepthPaths } from "./depthPaths";

/** Dashes and no ground mark what is estimated: not by colour alone. */
export const depthLineStyles = css`
  .depth-line {
    display: block;
    overflow: visible;
  }
  .depth-line path {
    fill: none;
    stroke: var(--busy);
    stroke-width: 1.5;
    stroke-linejoin: round;
    vector-effect: non-scaling-stroke;
  }
  .depth-line .estimated {
    stroke-dasharray: 2 3;
    stroke: color-mix(in srgb, var(--busy) 70%, var(--vscode-foreground));
  }
  .depth-line .area {
    fill: color-mix(in srgb, var(--busy) 16%, transparent);
    stroke: none;
  }
  .depth-line .ground {
    stroke: var(--hairline);
    stroke-width: 1;
  }
  @media (forced-colors: active) {
    .depth-line path {
      stroke: CanvasText;
    }
    .depth-line .area {
      fill: none;
    }
  }
`;

/** The line itself, as wide and as high as its element. `summary`: what it says, for those who cannot see it. */
export function depthLine({ counted, estimated, area, top }: DepthPaths, summary: string): TemplateResult {
  return html`<svg
    class="depth-line"
    role="img"
    aria-label=${summary}
    viewBox="0 ${-top} ${chartMinutes - 1} ${top}"
    preserveAspectRatio="none"
  >
    <path class="ground" d="M0 0H${chartMinutes - 1}" />
    <path class="area" d=${area} />
    <path class="estimated" d=${estimated} />
    <path class="counted" d=${counted} />
  </svg>`;
}
