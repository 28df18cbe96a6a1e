import { css } from "lit";

export const filterBoxStyles = css`
  :host {
    position: relative;
    display: block;
    min-width: 0;
  }
  .box {
    display: flex;
    align-items: flex-start;
    gap: 6px;
    min-height: 26px;
    padding: 0 2px 0 8px;
    border: 1px solid var(--vscode-settings-textInputBorder, var(--vscode-input-border, var(--hairline)));
    border-radius: 2px;
    background: var(--vscode-input-background);
    cursor: text;
  }
  .box > .icon {
    margin-top: 4px;
  }
  .parts {
    flex: 1;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 4px;
    min-width: 0;
    padding-block: 1px;
  }
  .clear {
    height: 22px;
    margin-top: 1px;
  }
  .token {
    display: inline-flex;
    align-items: center;
    max-width: 100%;
    height: 20px;
    padding-inline-start: 6px;
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: 3px;
    background: var(--vscode-badge-background);
    color: var(--vscode-badge-foreground);
    font-size: 12px;
    cursor: default;
  }
  .token .cut {
    max-width: 260px;
  }
  .token .name {
    opacity: 0.85;
  }
  .token button.tool {
    min-width: 18px;
    height: 18px;
    padding: 0;
    color: inherit;
  }
  .token button .icon,
  .clear .icon {
    width: 12px;
    height: 12px;
  }
  .box:focus-within {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .box > .icon {
    color: var(--mute);
  }
  input {
    flex: 1 1 90px;
    min-width: 60px;
    height: 22px;
    padding: 0;
    border: 0;
    background: none;
    color: var(--vscode-input-foreground, var(--vscode-foreground));
    font: inherit;
  }
  /* The box around it has the ring. */
  input:focus-visible {
    outline: none;
  }
  input::placeholder {
    color: var(--vscode-input-placeholderForeground, var(--mute));
    opacity: 1;
    text-overflow: ellipsis;
  }
  ul {
    position: absolute;
    z-index: 5;
    inset-block-start: calc(100% + 2px);
    inset-inline-start: 0;
    min-width: 100%;
    max-width: min(520px, 92vw);
    max-height: 320px;
    overflow-y: auto;
    padding: 4px;
    border: 1px solid var(--vscode-menu-border, var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)));
    border-radius: 5px;
    background: var(--vscode-menu-background, var(--vscode-dropdown-background));
    color: var(--vscode-menu-foreground, var(--vscode-foreground));
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
    list-style: none;
  }
  li {
    display: flex;
    gap: 10px;
    padding: 2px 6px;
    border-radius: 3px;
    cursor: pointer;
  }
  li:hover {
    background: var(--hover);
  }
  li[aria-selected="true"] {
    background: var(--vscode-menu-selectionBackground, var(--vscode-list-activeSelectionBackground));
    color: var(--vscode-menu-selectionForeground, var(--vscode-list-activeSelectionForeground));
    outline: 1px solid var(--vscode-menu-selectionBorder, transparent);
    outline-offset: -1px;
  }
  .label {
    flex: none;
    max-width: 60%;
  }
  .detail {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--mute);
  }
  .count {
    color: var(--mute);
    font-variant-numeric: tabular-nums;
  }
  li[aria-selected="true"] :is(.detail, .count) {
    color: inherit;
  }
`;
