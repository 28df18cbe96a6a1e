import { css } from "lit";

/** Wide: one grid of columns. Narrow (under 760 px): two lines per job, sorted through the filter bar's "Order"; a third for columns that were added. */
export const jobTableStyles = css`
  :host {
    display: block;
    --column-gap: 12px;
    --row-padding: 8px;
  }
  :host([scrolls]) .scroller {
    overflow-x: auto;
  }
  :host([scrolls]) .grid {
    min-width: var(--least);
  }
  /* In a box that scrolls sideways nothing stays in sight when the page scrolls. */
  :host([scrolls]) arq-job-head {
    position: static;
  }
  .row {
    display: grid;
    grid-template-columns: var(--columns);
    column-gap: var(--column-gap);
    align-items: center;
    padding: 0 var(--row-padding);
  }
  .job {
    /* What is out of sight costs nothing while one types in the filter. Cards are of different heights, and would jump. */
    content-visibility: auto;
    contain-intrinsic-block-size: auto 26px;
    min-height: 26px;
    padding-block: 3px;
    cursor: pointer;
    border-bottom: 1px solid color-mix(in srgb, var(--hairline) 55%, transparent);
    /* Below what stays in sight. */
    scroll-margin-top: calc(var(--line-height, 0px) + 30px);
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
    white-space: nowrap;
  }
  .cell.when {
    display: none;
  }
  .mark {
    font-size: 11px;
  }
  .function {
    gap: 10px;
  }
  .name {
    flex: 0 1 auto;
  }
  .id,
  .queue,
  .worker,
  .time {
    color: var(--mute);
  }
  .id {
    gap: 0;
  }
  .time,
  .tries {
    font-variant-numeric: tabular-nums;
  }
  .at-end {
    justify-content: flex-end;
  }
  .duration,
  .wait,
  .tries {
    color: var(--vscode-foreground);
  }
  .open {
    font-style: italic;
  }
  /* What went wrong gives way to the name of the function, down to its first word. */
  .trouble {
    flex: 1 1000 0;
    min-width: min(84px, 45%);
    color: var(--bad-text);
    font-size: 12px;
  }
  .trouble .type {
    font-weight: 600;
  }
  .trouble.quiet {
    color: var(--mute);
  }
  :host([stale]) .body {
    font-style: italic;
  }
  @container (max-width: 759px) {
    :host([scrolls]) .scroller {
      overflow: visible;
    }
    :host([scrolls]) .grid {
      min-width: 0;
    }
    arq-job-head {
      display: none;
    }
    .body {
      border-top: 1px solid var(--hairline);
    }
    .row.job {
      content-visibility: visible;
      display: flex;
      flex-wrap: wrap;
      gap: 1px 10px;
      padding-block: 5px;
    }
    .job::before,
    .job::after {
      content: "";
      flex: 0 0 100%;
      order: 4;
    }
    .job::after {
      order: 8;
    }
    .job > .state {
      order: 1;
    }
    /* Its two parts stand on different lines. */
    .job > .function {
      display: contents;
    }
    .job .name {
      order: 2;
      flex: 1 1 0;
    }
    .job > .duration {
      order: 3;
    }
    .job > .id {
      order: 5;
      flex: 0 1 auto;
      max-width: 40%;
    }
    .job > .error,
    .job .trouble {
      order: 6;
      flex: 1 1 0;
      min-width: 30px;
    }
    .job > .queue {
      order: 6;
      max-width: 30%;
    }
    .job > .cell.when {
      display: flex;
      order: 7;
      margin-inline-start: auto;
    }
    .job > .extra {
      order: 9;
      font-size: 12px;
      color: var(--mute);
    }
    .job > .extra::before {
      content: attr(data-label);
    }
    .job > :is(.enqueued, .started, .finished) {
      display: none;
    }
  }
  @container (max-width: 519px) {
    .job > .queue {
      display: none;
    }
  }
`;
