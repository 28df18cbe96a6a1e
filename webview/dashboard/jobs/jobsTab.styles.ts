import { css } from "lit";

export const jobsTabStyles = css`
  :host {
    display: block;
    --line-height: 32px;
  }
  arq-job-filters {
    margin-bottom: 8px;
  }
  .line,
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 12px;
    min-height: 26px;
  }
  .line {
    position: sticky;
    top: 0;
    z-index: 3;
    min-height: var(--line-height);
    background: var(--surface);
  }
  .foot {
    margin-top: 6px;
  }
  .end {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 4px;
    margin-inline-start: auto;
  }
  .count {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  button.tool[aria-pressed="true"] {
    border-color: var(--vscode-inputOption-activeBorder, var(--vscode-focusBorder));
    background: var(--vscode-inputOption-activeBackground, transparent);
    color: var(--vscode-inputOption-activeForeground, var(--vscode-foreground));
  }
  .sizes {
    display: flex;
    align-items: center;
    gap: 2px;
    color: var(--mute);
  }
  .sizes button.tool {
    font-variant-numeric: tabular-nums;
  }
  /* Always there, so that what it says of news moves no row. */
  .left {
    display: flex;
    align-items: center;
    gap: 12px;
    min-width: 0;
    min-height: 26px;
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
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  button.news:hover {
    background: var(--vscode-button-hoverBackground, var(--vscode-button-background));
  }
  .news:focus-visible {
    outline-offset: 1px;
  }
  .news .show {
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .nothing,
  .search-bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 10px 14px;
    padding: 28px 8px;
    color: var(--mute);
  }
  .search-bar {
    padding: 6px 0 10px;
  }
  .search-bar vscode-progress-ring {
    width: 16px;
    height: 16px;
  }
  /* Not while the next letter may mend what they say. */
  .notes {
    margin-bottom: 8px;
    color: var(--mute);
    animation: 1ms 500ms backwards notes;
  }
  @keyframes notes {
    from {
      max-height: 0;
      margin: 0;
      overflow: hidden;
    }
  }
  .notes p {
    display: flex;
    gap: 6px;
    overflow-wrap: anywhere;
  }
  @container (min-width: 760px) {
    .line,
    .line .end {
      flex-wrap: nowrap;
    }
  }
  @container (max-width: 759px) {
    .left,
    .line .end {
      flex: 1 0 100%;
    }
    .line .end {
      gap: 0;
    }
    .line arq-pager {
      margin-inline-start: auto;
    }
    .follow span {
      display: none;
    }
  }
  .count .mute {
    margin-inline-start: 6px;
  }
`;
