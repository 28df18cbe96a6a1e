import { css } from "lit";

export const failedStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 14px;
    margin-bottom: 14px;
  }
  .spans {
    display: inline-flex;
    border: 1px solid var(--hairline);
    border-radius: 4px;
    overflow: hidden;
  }
  .spans button {
    padding: 3px 10px;
    min-height: 24px;
  }
  .spans button + button {
    border-inline-start: 1px solid var(--hairline);
  }
  .spans button:hover {
    background: var(--hover);
  }
  .spans button[aria-pressed="true"] {
    background: var(--vscode-list-inactiveSelectionBackground, var(--hover));
    color: var(--vscode-foreground);
    box-shadow: inset 0 -2px var(--vscode-focusBorder);
  }
  arq-search-field {
    flex: 1 1 180px;
    max-width: 320px;
  }
  .count {
    margin-inline-start: auto;
    color: var(--mute);
    font-variant-numeric: tabular-nums;
  }
  .rate {
    margin-bottom: 18px;
  }
  .rate .section-head {
    gap: 4px 10px;
    margin-bottom: 4px;
  }
  .percent {
    font-size: 16px;
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  .rate .words {
    display: inline-flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 10px;
    font-variant-numeric: tabular-nums;
  }
  arq-chart {
    height: 120px;
    min-height: 120px;
  }
  .blank {
    display: grid;
    justify-items: start;
    gap: 8px;
    padding: 24px 8px;
  }
  .blank h3 {
    display: flex;
    align-items: center;
    gap: 6px;
    font-size: 14px;
    font-weight: 600;
  }
  .blank p {
    max-width: 60ch;
    color: var(--mute);
  }
  .bounds {
    display: grid;
    gap: 3px;
    margin-top: 12px;
    padding: 0 8px;
    color: var(--mute);
    font-size: 12px;
    list-style: none;
  }
  details {
    margin-top: 14px;
    border-top: 1px solid var(--hairline);
  }
  summary {
    padding: 8px;
    cursor: pointer;
  }
  .muted li {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 2px 12px;
    padding: 4px 8px;
  }
  .muted .what {
    flex: 1 1 240px;
    min-width: 0;
  }
  .muted > p {
    padding: 0 8px 6px;
    font-size: 12px;
  }
  .muted .n {
    font-variant-numeric: tabular-nums;
  }
  @container (max-width: 229px) {
    .spans button {
      padding: 3px 5px;
      white-space: nowrap;
    }
  }
`;
