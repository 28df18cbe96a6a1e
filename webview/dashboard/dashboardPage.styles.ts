import { css } from "lit";

export const dashboardStyles = css`
  :host {
    display: block;
    container-type: inline-size;
    min-height: 100vh;
    --surface: var(--vscode-editor-background);
  }
  .page {
    padding: 14px 20px 24px;
    max-width: 1680px;
    margin: 0 auto;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 16px;
    margin-bottom: 12px;
  }
  header .end {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 14px;
    margin-inline-start: auto;
  }
  .health {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    white-space: nowrap;
  }
  .notice {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 10px;
    padding: 8px 12px;
    margin-bottom: 12px;
    border: 1px solid var(--hairline);
    border-inline-start: 3px solid var(--warn);
    border-radius: 4px;
    list-style: none;
    overflow-wrap: anywhere;
  }
  .notice.bad {
    border-inline-start-color: var(--bad);
  }
  .notice .words {
    flex: 1 1 220px;
    min-width: 0;
  }
  .strip {
    gap: 4px 20px;
  }
  .strip li {
    display: flex;
    gap: 6px;
    min-width: 0;
  }
  .strip .icon {
    margin-top: 1px;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .sweep {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
    margin-bottom: 12px;
    color: var(--mute);
  }
  .sweep vscode-progress-ring {
    width: 16px;
    height: 16px;
  }
  arq-stat-cards {
    margin-bottom: 16px;
  }
  .overview {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 18px 28px;
    margin-bottom: 18px;
  }
  @container (min-width: 640px) {
    .overview {
      grid-template-columns: minmax(0, 1.6fr) minmax(0, 1fr);
    }
    .overview .queues {
      grid-column: 1 / -1;
    }
  }
  @container (min-width: 1000px) {
    .overview {
      grid-template-columns: minmax(0, 1.25fr) minmax(0, 1.6fr) minmax(0, 1fr);
    }
    .overview .queues {
      grid-column: auto;
    }
  }
  .overview section {
    display: flex;
    flex-direction: column;
    min-width: 0;
  }
  .overview arq-throughput {
    flex: 1;
  }
  .rates {
    display: grid;
    gap: 14px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    color: var(--mute);
    font-size: 12px;
  }
  .legend i {
    display: inline-block;
    width: 8px;
    height: 8px;
    border-radius: 2px;
    margin-inline-end: 5px;
  }
  .legend .complete {
    background: var(--good);
  }
  .legend .failed {
    background: var(--bad);
  }
  .legend .open {
    background: color-mix(in srgb, var(--good) 40%, transparent);
  }
  .legend .gap {
    background: repeating-linear-gradient(-45deg, var(--mute) 0 1px, transparent 1px 4px);
  }
  .workers {
    margin: -4px 0 16px;
    padding: 10px 12px;
    border: 1px solid var(--hairline);
    border-radius: 6px;
  }
  .blank p {
    color: var(--mute);
  }
  .blank p.strong {
    color: var(--vscode-foreground);
  }
  .blank .actions {
    justify-content: center;
    margin-top: 6px;
  }
  @container (max-width: 420px) {
    .sweep [role="status"] {
      flex: 1 1 160px;
    }
    .page {
      padding: 10px 12px 20px;
    }
  }
`;
