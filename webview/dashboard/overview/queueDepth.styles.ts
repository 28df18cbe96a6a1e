import { css } from "lit";

export const queueDepthStyles = css`
  :host {
    display: block;
  }
  .list {
    max-height: 320px;
    overflow-y: auto;
    margin: 0 -8px;
    list-style: none;
  }
  li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto auto;
    gap: 2px 10px;
    padding: 4px 8px 6px;
    border-radius: 4px;
  }
  button:hover {
    text-decoration: underline;
  }
  button.depth {
    min-width: 3ch;
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  li > svg {
    grid-column: 1 / -1;
    display: block;
    width: 100%;
    height: 6px;
    border-radius: 3px;
    background: var(--vscode-list-inactiveSelectionBackground, transparent);
    outline: 1px solid var(--vscode-contrastBorder, transparent);
  }
  .parts {
    grid-column: 1 / -1;
    display: flex;
    flex-wrap: wrap;
    gap: 0 10px;
    color: var(--mute);
    font-size: 12px;
    font-variant-numeric: tabular-nums;
  }
  .oldest {
    color: var(--mute);
    font-size: 12px;
    font-variant-numeric: tabular-nums;
  }
  .parts i {
    display: inline-block;
    width: 8px;
    height: 8px;
    border-radius: 2px;
    margin-inline-end: 5px;
  }
  .service {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    color: var(--vscode-foreground);
  }
  .service .icon {
    width: 13px;
    height: 13px;
  }
  .running {
    fill: var(--busy);
    background: var(--busy);
  }
  .queued {
    fill: color-mix(in srgb, var(--busy) 62%, var(--surface));
    background: color-mix(in srgb, var(--busy) 62%, var(--surface));
  }
  /* Blue as everything on its way; stripes tell it from the parts beside it. */
  .stripe {
    fill: var(--busy);
  }
  i.retrying {
    background: repeating-linear-gradient(
      -45deg,
      var(--busy) 0 1.5px,
      color-mix(in srgb, var(--busy) 15%, var(--surface)) 1.5px 3px
    );
  }
  .ground {
    fill: color-mix(in srgb, var(--busy) 15%, var(--surface));
  }
  .deferred {
    fill: color-mix(in srgb, var(--busy) 30%, var(--surface));
    background: color-mix(in srgb, var(--busy) 30%, var(--surface));
  }
  :host([stale]) li > svg {
    filter: grayscale(1);
    opacity: 0.6;
  }
  :host([stale]) i {
    filter: grayscale(1);
  }
  :host([stale]) .depth {
    color: var(--mute);
    font-style: italic;
  }
`;
