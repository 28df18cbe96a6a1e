import { css } from "lit";

export const jobPageStyles = css`
  :host {
    display: block;
    container-type: inline-size;
    min-height: 100vh;
  }
  .page {
    padding: 14px 20px 28px;
    max-width: 1480px;
    margin: 0 auto;
  }
  .above {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 12px;
    align-items: center;
    margin-bottom: 10px;
  }
  .above .end {
    margin-inline-start: auto;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: flex-end;
    gap: 2px 8px;
  }
  .tools .on {
    background: var(--vscode-inputOption-activeBackground, transparent);
    border-color: var(--vscode-inputOption-activeBorder, var(--vscode-focusBorder));
    color: var(--vscode-inputOption-activeForeground, inherit);
  }
  /* In sight wherever the page stands, because the button that was pressed may be anywhere. */
  .said {
    position: fixed;
    z-index: 7;
    inset-block-end: 12px;
    inset-inline: 12px;
    display: grid;
    justify-items: center;
    gap: 6px;
    pointer-events: none;
  }
  .said > * {
    display: flex;
    align-items: center;
    gap: 6px;
    max-width: 640px;
    margin: 0;
    padding: 5px 12px;
    border: 1px solid var(--vscode-editorHoverWidget-border, var(--hairline));
    border-radius: 5px;
    background: var(--vscode-editorHoverWidget-background, var(--surface));
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
    pointer-events: auto;
  }
  .said > :empty {
    padding: 0;
    border: 0;
    box-shadow: none;
  }
  .title {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 14px;
  }
  h1 {
    font-family: var(--mono);
    font-size: 1.5em;
    line-height: 1.25;
    font-weight: 600;
    min-width: 0;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 16px;
    margin-top: 2px;
    color: var(--mute);
  }
  .facts > span {
    min-width: 0;
    line-height: 24px;
  }
  .facts button {
    vertical-align: top;
  }
  .facts > span > .icon {
    display: inline-block;
    margin-inline-end: 6px;
    vertical-align: -3px;
  }
  .sentence {
    margin-top: 6px;
    overflow-wrap: anywhere;
  }
  .notice {
    display: flex;
    align-items: center;
    flex-wrap: wrap;
    gap: 8px 10px;
    padding: 8px 12px;
    margin-top: 12px;
    border: 1px solid var(--hairline);
    border-inline-start: 3px solid var(--warn);
    border-radius: 4px;
  }
  .notice span {
    flex: 1 1 200px;
    min-width: 0;
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 22px 36px;
    margin-top: 18px;
  }
  .payloads {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 14px;
    align-content: start;
  }
  @container (min-width: 920px) {
    .columns {
      grid-template-columns: minmax(0, 1.7fr) minmax(320px, 1fr);
    }
    .columns.plain {
      grid-template-columns: minmax(0, 1fr) minmax(340px, 1fr);
    }
    /* Right below the traceback or the values, however long the other side is. */
    .columns {
      grid-template-rows: auto 1fr;
    }
    .columns > :nth-child(2) {
      grid-row: 1 / span 2;
      grid-column: 2;
    }
    .columns > .log {
      grid-column: 1;
    }
  }
  .log {
    min-width: 0;
  }
  .side {
    display: grid;
    gap: 20px;
    align-content: start;
    min-width: 0;
  }
  .blank .actions {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 8px;
    margin-top: 6px;
  }
  @container (max-width: 420px) {
    .page {
      padding: 10px 12px 20px;
    }
  }
`;
