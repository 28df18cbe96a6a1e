import { css } from "lit";

/** Python source: its colours, and lines of a file with their numbers. */
export const sourceStyles = css`
  code {
    display: block;
    margin-top: 2px;
    padding-inline-start: 14px;
    font-family: var(--mono);
    font-size: var(--mono-size);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    color: var(--vscode-editor-foreground, var(--vscode-foreground));
  }
  .keyword {
    color: var(--vscode-debugTokenExpression-name, inherit);
  }
  .string {
    color: var(--vscode-debugTokenExpression-string, inherit);
  }
  .text .number,
  code .number {
    color: var(--vscode-debugTokenExpression-number, inherit);
  }
  .builtin {
    color: var(--vscode-debugTokenExpression-boolean, inherit);
  }
  .comment {
    color: var(--mute);
    font-style: italic;
  }
  .call {
    color: var(--vscode-symbolIcon-functionForeground, inherit);
  }
  .source {
    margin: 0 0 6px 8px;
    padding: 4px 0;
    border: 1px solid var(--hairline);
    border-radius: 3px;
    overflow-x: auto;
    font-family: var(--mono);
    font-size: var(--mono-size);
    line-height: 1.5;
    white-space: normal;
    color: var(--vscode-editor-foreground, var(--vscode-foreground));
  }
  .source .line {
    display: block;
    width: max-content;
    min-width: 100%;
    padding-inline-end: 10px;
    white-space: pre;
  }
  .source .here {
    /* Faint, or the colours of the code on it are too pale to read; the bar and the arrow say which line it is. */
    background: color-mix(in srgb, var(--bad) 6%, transparent);
    box-shadow: inset 3px 0 0 var(--bad);
    outline: 1px solid var(--vscode-contrastBorder, transparent);
    outline-offset: -1px;
  }
  .source .line > .number {
    display: inline-block;
    padding: 0 10px 0 6px;
    color: var(--mute);
    font-variant-numeric: tabular-nums;
    user-select: none;
  }
  .source .here > .number {
    color: var(--vscode-foreground);
  }
  .edited {
    display: flex;
    gap: 6px;
    align-items: flex-start;
    margin: 0 0 4px 8px;
    font-size: 12px;
  }
  .edited .icon {
    margin-top: 1px;
    color: var(--warn);
  }
  .edited span {
    min-width: 0;
  }
`;
