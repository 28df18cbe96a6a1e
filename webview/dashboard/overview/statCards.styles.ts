import { css } from "lit";

export const statCardStyles = css`
  .cards {
    display: grid;
    /* Eight in one line from the width on below which there are four. */
    grid-template-columns: repeat(auto-fit, minmax(104px, 1fr));
    gap: 8px;
  }
  button.card {
    appearance: none;
    display: flex;
    flex-direction: column;
    gap: 2px;
    min-width: 0;
    padding: 8px 9px 7px 10px;
    border: 1px solid var(--hairline);
    border-radius: 6px;
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;
  }
  button.card:hover {
    background: var(--hover);
    border-color: var(--vscode-contrastActiveBorder, var(--hairline));
  }
  button.card:focus-visible {
    outline-offset: 1px;
  }
  .label {
    display: flex;
    align-items: center;
    gap: 6px;
    color: var(--mute);
  }
  .number {
    font-size: 22px;
    line-height: 28px;
    font-weight: 400;
    font-variant-numeric: tabular-nums;
    letter-spacing: -0.01em;
    white-space: nowrap;
  }
  .number.word {
    font-size: 15px;
  }
  .number.long {
    font-size: 17px;
    letter-spacing: -0.02em;
  }
  /* Always there, so that no word that comes moves anything. */
  .more {
    min-height: 16px;
    font-size: 12px;
    line-height: 16px;
    color: var(--mute);
    font-variant-numeric: tabular-nums;
  }
  .badge {
    display: inline-flex;
    align-items: flex-start;
    gap: 4px;
    color: var(--vscode-foreground);
    overflow-wrap: anywhere;
  }
  .badge .icon {
    width: 14px;
    height: 14px;
    margin-top: 1px;
  }
  button.card .badge.tone-bad .icon {
    color: var(--bad);
  }
  button.card .badge.tone-busy .icon {
    color: var(--busy);
  }
  .zero .number,
  .zero .label .icon {
    color: var(--mute);
  }
  .besides {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 14px;
    margin-top: 6px;
    color: var(--mute);
    font-size: 12px;
  }
  .besides button {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    font-variant-numeric: tabular-nums;
  }
  .besides .link {
    color: var(--vscode-textLink-foreground);
  }
  .besides button:hover .link {
    text-decoration: underline;
  }
  .besides .icon {
    width: 14px;
    height: 14px;
  }
  :host([stale]) .number {
    color: var(--mute);
    font-style: italic;
  }
  :host([stale]) .icon {
    color: var(--mute);
  }
  @container (max-width: 900px) {
    .cards {
      grid-template-columns: repeat(4, minmax(0, 1fr));
    }
  }
  @container (max-width: 420px) {
    .cards {
      grid-template-columns: repeat(auto-fill, minmax(84px, 1fr));
      gap: 6px;
    }
    button.card {
      padding: 5px 6px 4px;
    }
    .label {
      gap: 4px;
      font-size: 12px;
    }
    .label .icon {
      width: 14px;
      height: 14px;
    }
    .number:not(.long, .word) {
      font-size: 18px;
      line-height: 24px;
    }
    .number.long {
      font-size: 14px;
    }
    .more {
      font-size: 11px;
    }
  }
`;
