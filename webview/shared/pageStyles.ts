import { css } from "lit";

/** What both pages have around their own content: the line that marks production, and the page with nothing to show. */
export const pageStyles = css`
  .production-line {
    position: sticky;
    top: 0;
    z-index: 6;
    height: 3px;
    background: var(--vscode-statusBarItem-errorBackground, var(--vscode-errorForeground));
  }
  .blank {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 10px;
    max-width: 480px;
    margin: min(16vh, 120px) auto 0;
    text-align: center;
    text-wrap: pretty;
    overflow-wrap: anywhere;
  }
  .blank h2 {
    font-size: 1.3em;
    font-weight: 600;
    text-transform: none;
    letter-spacing: 0;
    color: var(--vscode-foreground);
  }
  .blank .picture {
    color: var(--mute);
  }
  .blank .picture .icon {
    width: 40px;
    height: 40px;
  }
`;
