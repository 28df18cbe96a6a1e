import { css } from "lit";

/** What stands above a list: its filter, switches, how many there are, the way to other pages. Its height stays the same. */
export const listBarStyles = css`
  .list-bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 14px;
    min-height: 28px;
    margin-bottom: 8px;
  }
  .list-bar arq-search-field {
    flex: 1 1 160px;
    max-width: 320px;
  }
  .list-bar .said {
    color: var(--mute);
    font-variant-numeric: tabular-nums;
  }
  .list-bar arq-pager {
    margin-inline-start: auto;
  }
  .list-bar .switch {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    font-variant-numeric: tabular-nums;
  }
  .list-bar input[type="checkbox"] {
    margin: 0;
    accent-color: var(--vscode-button-background, var(--vscode-focusBorder));
  }
  .list-bar input[type="checkbox"]:focus-visible {
    outline-offset: 1px;
  }
  .nothing {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 14px;
    padding: 24px 8px;
    color: var(--mute);
  }
`;
