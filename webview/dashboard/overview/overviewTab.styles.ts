import { css } from "lit";

export const overviewStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  arq-stat-cards {
    margin-bottom: 14px;
  }
  .overview {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 20px 28px;
    margin-bottom: 18px;
  }
  @container (min-width: 640px) {
    .overview {
      grid-template-columns: repeat(12, minmax(0, 1fr));
    }
    .queues {
      grid-column: 1 / -1;
    }
    .throughput {
      grid-column: span 7;
    }
    .success {
      grid-column: span 5;
    }
    .wait,
    .run {
      grid-column: span 6;
    }
  }
  @container (min-width: 1000px) {
    .queues {
      grid-column: span 4;
    }
    .throughput {
      grid-column: span 5;
    }
    .success {
      grid-column: span 3;
    }
  }
  section {
    display: flex;
    flex-direction: column;
    min-width: 0;
  }
  section arq-chart {
    flex: 1 1 auto;
  }
  .wait arq-chart,
  .run arq-chart {
    flex: 0 0 170px;
  }
  .rates {
    display: grid;
    gap: 14px;
  }
  .link:hover {
    text-decoration: underline;
  }
  .section-head .link {
    font-size: 12px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    color: var(--mute);
    font-size: 12px;
    font-variant-numeric: tabular-nums;
  }
  .value:hover {
    text-decoration: underline;
  }
  .value b {
    display: inline-block;
    min-width: 6ch;
    color: var(--vscode-foreground);
    font-weight: normal;
  }
  .legend i {
    display: inline-block;
    width: 8px;
    height: 8px;
    border-radius: 2px;
    margin-inline-end: 5px;
  }
  .legend .line {
    height: 2px;
    vertical-align: middle;
  }
  .legend .thin {
    height: 1px;
  }
  .legend .good {
    background: var(--good);
  }
  .legend .busy {
    background: var(--busy);
  }
  .legend .bad {
    background: var(--bad);
  }
  .legend .warn {
    background: var(--warn);
  }
  .legend .open {
    background: color-mix(in srgb, var(--good) 40%, transparent);
  }
  .legend .gap {
    background: repeating-linear-gradient(-45deg, var(--mute) 0 1px, transparent 1px 4px);
  }
  .foot {
    color: var(--mute);
    font-size: 12px;
  }
  .hint {
    display: flex;
    gap: 8px;
    padding: 8px 12px;
    margin-bottom: 14px;
    border: 1px solid var(--hairline);
    border-radius: 4px;
    color: var(--mute);
  }
  .hint code {
    color: var(--vscode-foreground);
    overflow-wrap: anywhere;
  }
`;
