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
  .tools {
    display: inline-flex;
    gap: 2px;
  }
  @container (max-width: 760px) {
    /* The tools stay beside the name, and what is said of it goes below. */
    header {
      gap: 2px 12px;
    }
    header .end {
      display: contents;
    }
    arq-connection-name {
      flex: 1 1 calc(100% - 120px);
      min-width: 0;
    }
    .tools {
      align-self: start;
    }
    .health,
    arq-live-indicator {
      order: 1;
    }
  }
  .health {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    white-space: nowrap;
  }
  button.health:hover,
  .strip button:hover {
    text-decoration: underline;
  }
  .strip .limit {
    margin-inline-start: 6px;
    overflow-wrap: anywhere;
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
  .slow {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-bottom: 10px;
    color: var(--mute);
  }
  .slow vscode-progress-ring {
    width: 16px;
    height: 16px;
  }
  .skeleton {
    display: grid;
    gap: 12px;
    /* Most answers come before it would be seen. */
    animation: appear 0.2s 0.2s both;
  }
  .skeleton div {
    height: 18px;
    border-radius: 3px;
    background: var(--hairline);
  }
  .skeleton .w60 {
    width: 60%;
  }
  .skeleton .w70 {
    width: 70%;
  }
  .skeleton .w88 {
    width: 88%;
  }
  .skeleton .w92 {
    width: 92%;
  }
  .skeleton .w95 {
    width: 95%;
  }
  @keyframes appear {
    from {
      opacity: 0;
    }
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
