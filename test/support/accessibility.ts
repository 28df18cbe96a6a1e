import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Frame, Page } from "playwright-core";

/** What this module uses of axe-core in the page. */
interface Axe {
  run(
    context: unknown,
    options: object,
  ): Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }>;
}

const axeSource = readFileSync(createRequire(__filename).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Everything serious or critical that axe finds in the document, as sentences; none when it is accessible. A webview is
 * transparent before the editor's background, which axe cannot see from inside, so it is painted here.
 */
export async function seriousFindings(document: Page | Frame): Promise<string[]> {
  if (!(await document.evaluate(() => "axe" in globalThis))) await document.evaluate(axeSource);
  return document.evaluate(async () => {
    const { axe, document: root } = globalThis as unknown as {
      axe: Axe;
      document: { documentElement: { style: { background: string } } };
    };
    root.documentElement.style.background = "var(--vscode-editor-background)";
    const { violations } = await axe.run(root, { resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`);
  });
}
