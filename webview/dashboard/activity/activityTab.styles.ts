import { css } from "lit";

export const activityStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .filters {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    margin-bottom: 6px;
  }
  .kinds {
    display: contents;
  }
  .kinds button {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    height: 24px;
    padding: 0 8px 0 6px;
    border: 1px solid var(--hairline);
    border-radius: 12px;
    white-space: nowrap;
  }
  .kinds button:hover {
    background: var(--hover);
  }
  .kinds button[aria-pressed="true"] {
    border-color: var(--vscode-inputOption-activeBorder, var(--vscode-focusBorder));
    background: var(--vscode-inputOption-activeBackground, var(--hover));
    color: var(--vscode-inputOption-activeForeground, var(--vscode-foreground));
  }
  .selects {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    min-width: 0;
    margin-inline-start: auto;
  }
  select {
    height: 26px;
    min-width: 90px;
    max-width: 190px;
    border: 1px solid var(--vscode-dropdown-border, var(--hairline));
    border-radius: 2px;
    background: var(--vscode-dropdown-background);
    color: var(--vscode-dropdown-foreground, var(--vscode-foreground));
    font: inherit;
  }
  /* Always there, so that what it says moves no line. */
  .bar {
    position: sticky;
    top: 0;
    z-index: 3;
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 32px;
    padding: 0 8px;
    border-bottom: 1px solid var(--hairline);
    background: var(--surface);
    color: var(--mute);
    font-variant-numeric: tabular-nums;
  }
  button.news {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    height: 22px;
    padding: 0 10px 0 7px;
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: 11px;
    background: var(--vscode-button-background);
    color: var(--vscode-button-foreground);
    white-space: nowrap;
  }
  button.news:hover {
    background: var(--vscode-button-hoverBackground, var(--vscode-button-background));
  }
  button.news:focus-visible {
    outline-offset: 1px;
  }
  .news .show {
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .end {
    margin-inline-start: auto;
    font-size: 12px;
    text-align: end;
  }
  .top {
    height: 1px;
    margin-bottom: -1px;
  }
  .blank {
    display: grid;
    justify-items: start;
    gap: 8px;
    padding: 24px 8px;
  }
  .blank h3 {
    font-size: 14px;
    font-weight: 600;
  }
  .blank p {
    max-width: 60ch;
    color: var(--mute);
  }
  .foot {
    margin-top: 10px;
    padding: 0 8px;
    color: var(--mute);
    font-size: 12px;
  }
  @container (max-width: 519px) {
    .selects {
      flex: 1 1 100%;
      margin-inline-start: 0;
    }
    select {
      flex: 1 1 100px;
    }
    .end {
      display: none;
    }
  }
`;
