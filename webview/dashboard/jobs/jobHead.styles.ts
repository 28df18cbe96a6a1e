import { css } from "lit";

export const jobHeadStyles = css`
  :host {
    display: block;
    position: sticky;
    top: var(--line-height, 0);
    z-index: 2;
    background: var(--surface);
    border-bottom: 1px solid var(--hairline);
  }
  .row {
    display: grid;
    grid-template-columns: var(--columns);
    column-gap: var(--column-gap);
    align-items: center;
    height: 26px;
    padding: 0 var(--row-padding);
  }
  .head {
    position: relative;
    display: flex;
    align-items: center;
    height: 100%;
    min-width: 0;
  }
  button {
    display: inline-flex;
    align-items: center;
    gap: 2px;
    min-width: 0;
    max-width: 100%;
    height: 100%;
    font-size: 12px;
    color: var(--mute);
    touch-action: pan-y;
  }
  button:hover,
  [aria-sort] button {
    color: var(--vscode-foreground);
  }
  .icon {
    width: 12px;
    height: 12px;
  }
  .at-end {
    justify-content: flex-end;
  }
  .at-end button {
    flex-direction: row-reverse;
  }
  .moving button {
    opacity: 0.5;
    cursor: grabbing;
  }
  .before::before,
  .after::after {
    content: "";
    position: absolute;
    inset-block: 2px;
    width: 2px;
    background: var(--vscode-focusBorder);
  }
  .before::before {
    inset-inline-start: calc(var(--column-gap) / -2 - 1px);
  }
  .after::after {
    inset-inline-end: calc(var(--column-gap) / -2 - 1px);
  }
  .grip {
    position: absolute;
    z-index: 1;
    inset-block: 0;
    inset-inline-end: calc(var(--column-gap) * -0.75);
    width: calc(var(--column-gap) * 0.75);
    cursor: col-resize;
    touch-action: none;
  }
  .grip::after {
    content: "";
    position: absolute;
    inset-block: 5px;
    inset-inline-start: calc(50% - 0.5px);
    width: 1px;
    background: transparent;
  }
  .row:hover .grip::after {
    background: var(--hairline);
  }
  .grip:hover::after {
    background: var(--vscode-sash-hoverBorder, var(--vscode-focusBorder));
  }
`;
