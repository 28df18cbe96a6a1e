import { css } from "lit";

/** Wide: one grid of columns, the start left out under 880 px. Narrow (under 700 px): two lines per job, sorted through the filter bar's "Order". */
export const jobTableStyles = css`
  :host {
    display: block;
    --columns: minmax(112px, 0.8fr) minmax(110px, 2fr) minmax(100px, 2.2fr) minmax(70px, 1.2fr) repeat(3, 88px) 80px;
  }
  .row {
    display: grid;
    grid-template-columns: var(--columns);
    column-gap: 12px;
    align-items: center;
    padding: 0 8px;
  }
  .head {
    position: sticky;
    top: 0;
    z-index: 2;
    background: var(--surface);
    border-bottom: 1px solid var(--hairline);
  }
  .head .row {
    height: 26px;
  }
  .head button {
    display: inline-flex;
    align-items: center;
    gap: 2px;
    max-width: 100%;
    font-size: 12px;
    color: var(--mute);
  }
  .head button:hover,
  .head [aria-sort] button {
    color: var(--vscode-foreground);
  }
  .head .icon {
    width: 12px;
    height: 12px;
  }
  .head .duration button {
    flex-direction: row-reverse;
  }
  .job {
    min-height: 26px;
    padding-block: 3px;
    cursor: pointer;
    border-bottom: 1px solid color-mix(in srgb, var(--hairline) 55%, transparent);
  }
  .job:hover {
    background: var(--hover);
    color: var(--vscode-list-hoverForeground, inherit);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .job:focus {
    outline: 1px solid var(--vscode-list-focusOutline, var(--vscode-focusBorder));
    outline-offset: -1px;
  }
  .job:focus:not(:focus-visible) {
    outline: none;
  }
  .cell {
    display: flex;
    align-items: center;
    gap: 6px;
    min-width: 0;
  }
  .tries {
    font-size: 11px;
    white-space: nowrap;
  }
  .id,
  .queue,
  .time {
    color: var(--mute);
  }
  .id {
    gap: 0;
  }
  .id .tail {
    white-space: nowrap;
  }
  .time {
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .duration {
    justify-content: flex-end;
    color: var(--vscode-foreground);
  }
  .open {
    font-style: italic;
  }
  .trouble {
    grid-column: 2 / -1;
    color: var(--bad-text);
    font-size: 12px;
    padding-block: 1px 2px;
  }
  .trouble .type {
    font-weight: 600;
  }
  .trouble:is(.quiet, .asked) {
    color: var(--mute);
  }
  :host([stale]) .body {
    font-style: italic;
  }
  @container (min-width: 700px) and (max-width: 879px) {
    :host {
      --columns: minmax(104px, 0.9fr) minmax(100px, 2fr) minmax(80px, 1.6fr) minmax(60px, 1.1fr) 84px 84px 76px;
    }
    .cell.started {
      display: none;
    }
  }
  @container (max-width: 699px) {
    .head {
      display: none;
    }
    .body {
      border-top: 1px solid var(--hairline);
    }
    .row.job {
      grid-template-columns: auto minmax(0, 1fr) auto;
      column-gap: 10px;
      row-gap: 1px;
      padding-block: 5px;
    }
    .row.job > .state {
      grid-area: 1 / 1;
    }
    .row.job > .function {
      grid-area: 1 / 2;
    }
    .row.job > .duration {
      grid-area: 1 / 3;
    }
    .row.job > .id {
      grid-area: 2 / 1 / auto / 3;
    }
    .row.job > .started,
    .row.job > .enqueued,
    .row.job > .queue {
      display: none;
    }
    .row.job > .finished {
      grid-area: 2 / 3;
      justify-content: flex-end;
    }
    .row.job > .trouble {
      grid-area: 3 / 1 / auto / -1;
    }
  }
`;
