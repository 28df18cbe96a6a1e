import { css } from "lit";

/** What every element of the pages shares: box model, type, tones, focus rings, plain buttons. Colours come from the theme only. */
export const baseStyles = css`
  :host {
    box-sizing: border-box;
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family, system-ui, sans-serif);
    font-size: var(--vscode-font-size, 13px);
    line-height: 1.4;
    --mute: var(--vscode-descriptionForeground, var(--vscode-foreground));
    --line: var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border, transparent)));
    --hairline: var(--vscode-contrastBorder, var(--vscode-editorWidget-border, var(--vscode-panel-border)));
    --hover: var(--vscode-list-hoverBackground, transparent);
    --mono: var(--vscode-editor-font-family, monospace);
    --mono-size: calc(var(--vscode-font-size, 13px) - 0.5px);
    /* Some themes choose an error colour too pale for small text on their own background. */
    --bad-text: color-mix(in srgb, var(--vscode-errorForeground) 65%, var(--vscode-foreground));
    --good: var(--vscode-charts-green, var(--vscode-testing-iconPassed));
    --busy: var(--vscode-charts-blue, var(--vscode-textLink-foreground));
    --bad: var(--vscode-charts-red, var(--vscode-errorForeground));
    --warn: var(--vscode-charts-yellow, var(--vscode-editorWarning-foreground));
    --surface: var(--vscode-editor-background);
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
  [hidden] {
    display: none !important;
  }
  .icon {
    flex: none;
    display: block;
  }
  .icon .on {
    stroke: var(--surface);
  }
  .tone-good .icon {
    color: var(--good);
  }
  .tone-busy .icon {
    color: var(--busy);
  }
  .tone-bad .icon {
    color: var(--bad);
  }
  .tone-warn .icon {
    color: var(--warn);
  }
  .tone-mute .icon {
    color: var(--mute);
  }
  b.word {
    font-weight: normal;
  }
  .state-chip {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    min-width: 0;
    white-space: nowrap;
  }
  .mute {
    color: var(--mute);
  }
  .mono {
    font-family: var(--mono);
    font-size: var(--mono-size);
  }
  /* Text out of Redis: its own direction, any length, never wider than its place. */
  .foreign {
    unicode-bidi: isolate;
    overflow-wrap: anywhere;
  }
  .cut {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    min-width: 0;
  }
  .hush {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  h1,
  h2,
  h3,
  p,
  dl,
  dd,
  ul,
  ol {
    margin: 0;
    padding: 0;
  }
  h2 {
    font-size: 11px;
    font-weight: 600;
    text-transform: uppercase;
    letter-spacing: 0.04em;
    color: var(--vscode-sideBarSectionHeader-foreground, var(--vscode-foreground));
  }
  .failure {
    display: flex;
    align-items: center;
    gap: 6px;
    color: var(--bad-text);
    margin: 8px 0;
  }
  button.plain {
    appearance: none;
    background: none;
    border: 0;
    margin: 0;
    padding: 0;
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  button.tool {
    appearance: none;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 5px;
    min-width: 24px;
    height: 24px;
    padding: 0 4px;
    border: 1px solid transparent;
    border-radius: 5px;
    background: none;
    color: var(--vscode-icon-foreground, var(--vscode-foreground));
    font: inherit;
    cursor: pointer;
    white-space: nowrap;
  }
  button.tool:hover:not(:disabled) {
    background: var(--vscode-toolbar-hoverBackground, transparent);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  button.tool:disabled {
    opacity: 0.4;
    cursor: default;
  }
  button.tool:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
  }
  button.plain.link {
    color: var(--vscode-textLink-foreground);
  }
  button.plain.link:hover {
    color: var(--vscode-textLink-activeForeground);
    text-decoration: underline;
  }
`;

/** How far something has come. */
export const progressStyles = css`
  progress {
    appearance: none;
    flex: 1 1 120px;
    max-width: 320px;
    height: 3px;
    border: 0;
    background: var(--vscode-list-inactiveSelectionBackground, transparent);
  }
  progress::-webkit-progress-bar {
    background: var(--vscode-list-inactiveSelectionBackground, transparent);
  }
  progress::-webkit-progress-value {
    background: var(--vscode-progressBar-background);
  }
`;

/** A titled part of a page. */
export const sectionStyles = css`
  .section-head {
    display: flex;
    align-items: baseline;
    gap: 8px;
    flex-wrap: wrap;
    margin-bottom: 8px;
    min-height: 20px;
  }
  .section-head .end {
    margin-inline-start: auto;
  }
  .as-of {
    color: var(--mute);
    font-style: italic;
    font-size: 12px;
  }
`;
