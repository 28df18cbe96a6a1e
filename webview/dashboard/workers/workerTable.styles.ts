import { css } from "lit";

/** In a container narrower than this there is no room for ten columns, px. */
export const cardsBelow = 980;
/** From here on what a card tells stands in lines, as many as fit, px. */
const linesFrom = 560;

export const workerTableStyles = css`
  :host {
    --columns: minmax(170px, 2fr) minmax(60px, 0.7fr) 52px minmax(70px, 0.8fr) 112px 76px minmax(170px, 1.8fr) 66px 54px
      54px;
  }
  .row {
    column-gap: 10px;
  }
  .who {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 6px;
    min-width: 0;
  }
  .who .cut {
    max-width: 100%;
  }
  .of-queue {
    display: flex;
    min-width: 0;
    max-width: 100%;
  }
  .opener {
    flex: none;
    min-width: 18px;
    padding: 0;
  }
  .kind {
    color: var(--mute);
    font-size: 12px;
  }
  .stale {
    font-weight: 600;
  }
  .cell.running {
    flex-wrap: wrap;
    gap: 0 10px;
  }
  .places {
    font-variant-numeric: tabular-nums;
    min-width: 2ch;
  }
  .places b {
    font-weight: 600;
  }
  .job {
    display: inline-flex;
    align-items: baseline;
    gap: 5px;
    min-width: 0;
    max-width: 100%;
    color: var(--mute);
    font-size: 12px;
  }
  .job span {
    flex: none;
  }
  .elapsed {
    min-width: 5ch;
    font-variant-numeric: tabular-nums;
  }
  .detail {
    display: grid;
    gap: 6px;
    padding-inline-start: 26px;
  }
  .evidence {
    list-style: disc;
    padding-inline-start: 16px;
    max-width: 110ch;
    color: var(--mute);
    overflow-wrap: anywhere;
  }
  .jobs {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr));
    gap: 2px 16px;
    list-style: none;
  }
  @container (max-width: ${cardsBelow - 1}px) {
    .item > .cell.running {
      display: flex;
      grid-column: 1 / -1;
    }
    .item > .cell.running::before {
      flex-basis: 100%;
    }
    .item > .cell.lastSeen,
    .item > .cell.queue {
      grid-column: span 2;
    }
    /* A card need not name what is not known. */
    .item > .cell:has(> .none) {
      display: none;
    }
    .item > .detail {
      grid-column: 1 / -1;
      padding-inline-start: 0;
    }
  }
  @container (min-width: ${linesFrom}px) and (max-width: ${cardsBelow - 1}px) {
    .row.item {
      grid-template-columns: repeat(auto-fill, minmax(74px, 1fr));
    }
    .item > .cell.host {
      grid-column: span 2;
    }
    /* It takes a line of its own, below those. */
    .item > .cell.running {
      order: 1;
    }
    .item > .detail {
      order: 2;
    }
  }
`;
