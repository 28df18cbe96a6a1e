import { css } from "lit";

export const jobLogStyles = css`
  :host {
    display: block;
    min-width: 0;
    container-type: inline-size;
  }
  .section-head .mute {
    min-width: 0;
    font-size: 12px;
  }
  .controls {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 12px;
    margin-bottom: 6px;
  }
  arq-search-field {
    flex: 1 1 160px;
    max-width: 360px;
  }
  select {
    height: 26px;
    padding: 0 4px;
    border: 1px solid var(--vscode-dropdown-border, var(--hairline));
    border-radius: 2px;
    background: var(--vscode-dropdown-background);
    color: var(--vscode-dropdown-foreground, var(--vscode-foreground));
    font: inherit;
  }
  label {
    display: flex;
    align-items: center;
    gap: 5px;
  }
  input[type="checkbox"] {
    margin: 0;
    accent-color: var(--vscode-button-background, auto);
  }
  .tool.on {
    background: var(--vscode-inputOption-activeBackground, transparent);
    border-color: var(--vscode-inputOption-activeBorder, var(--vscode-focusBorder));
    color: var(--vscode-inputOption-activeForeground, inherit);
  }
  .lines {
    max-height: min(420px, 70vh);
    overflow-y: auto;
    border: 1px solid var(--hairline);
    border-radius: 4px;
    padding: 2px 0;
  }
  .line {
    display: grid;
    grid-template-columns: 9ch 8ch minmax(0, 1fr) fit-content(26ch);
    gap: 0 10px;
    align-items: baseline;
    padding: 0 8px;
    cursor: pointer;
    line-height: 1.5;
  }
  .line:hover {
    background: var(--hover);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .line:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .text {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    tab-size: 4;
  }
  .at,
  .level {
    color: var(--mute);
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .level.error,
  .level.critical {
    color: var(--bad-text);
    font-weight: 600;
  }
  /* The yellow of themes is too light for text on white: the weight and the mark in front tell it. */
  .level.warning {
    color: var(--vscode-foreground);
    font-weight: 600;
    box-shadow: inset 2px 0 0 var(--warn);
    padding-inline-start: 5px;
  }
  .place {
    color: var(--mute);
    font-size: 12px;
    text-align: end;
  }
  .line:not(.starts) .place {
    visibility: hidden;
  }
  .line:hover .place,
  .line:focus-visible .place {
    visibility: visible;
  }
  .guess .text {
    color: var(--mute);
    font-style: italic;
  }
  .about {
    margin-top: 6px;
    color: var(--mute);
  }
  @container (max-width: 620px) {
    .line {
      grid-template-columns: 9ch 8ch minmax(0, 1fr);
    }
    .text {
      grid-row: 2;
      grid-column: 1 / -1;
    }
    .line:not(.starts) .at,
    .line:not(.starts) .level,
    .line:not(.starts) .place {
      display: none;
    }
  }
`;
