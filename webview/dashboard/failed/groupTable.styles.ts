import { css } from "lit";

/** Wide: a row of the matrix in two lines. Narrow: a card, its four numbers in one line. */
export const groupTableStyles = css`
  :host {
    --columns: minmax(200px, 1fr) 98px repeat(4, 50px) 104px 56px;
  }
  .item {
    padding-block: 6px;
  }
  .row {
    column-gap: 10px;
  }
  .cell.error {
    display: block;
  }
  .what {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
  }
  .type {
    font-weight: 600;
    color: var(--bad-text);
  }
  .mark {
    display: inline-flex;
    align-items: center;
    gap: 3px;
    margin-inline-end: 6px;
    padding: 0 5px 0 3px;
    border: 1px solid var(--bad);
    border-radius: 8px;
    font-size: 11px;
    line-height: 15px;
    vertical-align: 1px;
    white-space: nowrap;
  }
  .mark.back {
    border-color: var(--warn);
  }
  .mark .icon {
    width: 11px;
    height: 11px;
    color: var(--bad);
  }
  .mark.back .icon {
    color: var(--warn);
  }
  .about {
    display: flex;
    flex-wrap: wrap;
    gap: 0 14px;
    margin-top: 2px;
    color: var(--mute);
    font-size: 12px;
  }
  .about > * {
    max-width: 100%;
  }
  .about .mono {
    font-size: 12px;
  }
  .seen {
    flex-direction: column;
    align-items: flex-start;
    gap: 0;
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .seen .first {
    color: var(--mute);
    font-size: 12px;
  }
  .cell.count {
    justify-content: stretch;
  }
  .cell.count button {
    flex: 1;
    padding: 3px 6px;
    border-radius: 3px;
    text-align: end;
  }
  .cell.count button:hover,
  .cell.count button:focus-visible {
    text-decoration: underline;
  }
  button.plain.heat0 {
    color: var(--mute);
  }
  button.plain.heat1 {
    background: color-mix(in srgb, var(--bad) 9%, transparent);
  }
  button.plain.heat2 {
    background: color-mix(in srgb, var(--bad) 17%, transparent);
  }
  button.plain.heat3 {
    background: color-mix(in srgb, var(--bad) 26%, transparent);
  }
  .head .cell.count {
    justify-content: flex-end;
    padding-inline-end: 6px;
  }
  .cell.tools {
    justify-content: flex-end;
  }
  .trend svg {
    display: block;
    width: 96px;
    height: 22px;
  }
  .trend rect {
    fill: var(--bad);
  }
  .trend line {
    stroke: var(--hairline);
  }
  @container (max-width: 799px) {
    .row.item {
      grid-template-columns: 98px repeat(4, minmax(44px, 64px)) minmax(100px, 1fr) auto;
      gap: 4px 10px;
    }
    .item > .cell.error:first-child {
      display: block;
    }
    .item > .cell.seen {
      padding-inline-start: 8px;
    }
    .item > .cell.seen > span {
      display: block;
    }
    .item > .cell.count[data-label]::before {
      padding-inline-end: 6px;
      text-align: end;
    }
    .item > .cell.count button {
      display: block;
      width: 100%;
    }
    .item > .cell.tools {
      align-self: end;
    }
    .item > .cell.tools[data-label]::before {
      display: none;
    }
  }
  @container (max-width: 519px) {
    .what {
      -webkit-line-clamp: 3;
    }
    .row.item {
      grid-template-columns: repeat(4, minmax(0, 1fr));
      gap: 4px 8px;
    }
    .item > .cell.trend {
      grid-column: 1 / 3;
      grid-row: 3;
    }
    .item > .cell.seen {
      grid-column: 3 / -1;
      grid-row: 3;
      padding-inline-start: 0;
    }
    .item > .cell.tools {
      grid-column: 1 / -1;
      grid-row: 4;
      justify-self: end;
    }
  }
  /* A narrow panel at twice its size. */
  @container (max-width: 229px) {
    .row.item {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .item > .cell.trend,
    .item > .cell.seen,
    .item > .cell.tools {
      grid-column: 1 / -1;
      grid-row: auto;
    }
    .item > .cell.seen {
      white-space: normal;
    }
  }
`;
