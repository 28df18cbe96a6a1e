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
