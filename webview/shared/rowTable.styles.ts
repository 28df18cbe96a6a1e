import { css, type CSSResult } from "lit";

/**
 * How a `RowTable` looks. Its element sets `--columns`, the template of the grid. In a container narrower than `cardsBelow` px every row is a
 * card: the first cell above, the others below it in `--card-columns`, each with its own label.
 */
export function rowTableStyles(cardsBelow: number): CSSResult {
  return css`
    :host {
      display: block;
    }
    .order {
      display: none;
      align-items: center;
      gap: 4px;
      margin-bottom: 6px;
      color: var(--mute);
      font-size: 12px;
    }
    .order select {
      height: 24px;
      max-width: 200px;
      min-width: 0;
      border: 1px solid var(--vscode-dropdown-border, var(--hairline));
      border-radius: 2px;
      background: var(--vscode-dropdown-background);
      color: var(--vscode-dropdown-foreground, var(--vscode-foreground));
      font: inherit;
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
      min-height: 28px;
    }
    .head .cell {
      color: var(--mute);
      font-size: 12px;
    }
    .head button {
      display: inline-flex;
      align-items: center;
      gap: 2px;
      max-width: 100%;
    }
    .head button:hover,
    .head [aria-sort] button {
      color: var(--vscode-foreground);
    }
    .head .icon {
      width: 12px;
      height: 12px;
    }
    .head .number button {
      flex-direction: row-reverse;
      text-align: end;
    }
    .item {
      /* A change in one row does not paint the others again, a third of the work of an update. No containment of paint: a cell may stand out a little. */
      contain: layout;
      min-height: 32px;
      padding-block: 4px;
      cursor: pointer;
      border-bottom: 1px solid color-mix(in srgb, var(--hairline) 55%, transparent);
    }
    .item:hover {
      background: var(--hover);
      color: var(--vscode-list-hoverForeground, inherit);
      outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
      outline-offset: -1px;
    }
    .item:focus {
      outline: 1px solid var(--vscode-list-focusOutline, var(--vscode-focusBorder));
      outline-offset: -1px;
    }
    .item:focus:not(:focus-visible) {
      outline: none;
    }
    .cell {
      display: flex;
      align-items: center;
      gap: 6px;
      min-width: 0;
    }
    .cell.number {
      justify-content: flex-end;
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
    .cell button.plain.count {
      display: inline-flex;
      align-items: center;
      max-width: 100%;
      min-width: 0;
    }
    .cell .none {
      color: var(--mute);
    }
    .cell button.plain.count:hover,
    .cell button.plain.count:focus-visible {
      text-decoration: underline;
    }
    .group {
      display: flex;
      align-items: baseline;
      gap: 8px;
      padding: 12px 8px 4px;
      border-bottom: 1px solid var(--hairline);
      font-weight: 600;
    }
    .group .why {
      color: var(--mute);
      font-weight: normal;
      font-size: 12px;
    }
    .detail {
      grid-column: 1 / -1;
      min-width: 0;
      padding: 6px 0 10px;
      cursor: auto;
    }
    :host([stale]) .body {
      font-style: italic;
    }
    :host([stale]) .body svg:not(.icon) {
      filter: grayscale(1);
      opacity: 0.6;
    }
    @container (max-width: ${cardsBelow - 1}px) {
      .order {
        display: flex;
      }
      .head {
        display: none;
      }
      .body {
        border-top: 1px solid var(--hairline);
      }
      .row.item {
        grid-template-columns: var(--card-columns, repeat(3, minmax(0, 1fr)));
        gap: 6px 10px;
        align-items: start;
        padding-block: 8px;
      }
      .item > .cell {
        display: block;
      }
      .item > .cell.number {
        text-align: start;
      }
      .item .share {
        justify-content: flex-start;
      }
      .item > .cell[data-label]::before {
        content: attr(data-label);
        display: block;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        color: var(--mute);
        font-size: 11px;
      }
      .item > .cell:first-child {
        display: flex;
        grid-column: 1 / -1;
      }
      .item > .cell:first-child::before {
        display: none;
      }
    }
  `;
}
