import { l10n } from "vscode";
import type { Drift } from "../code/drift";
import { driftHeading, driftText } from "../code/driftText";
import { isPressing, waysOut } from "../code/codeViews";
import { itemContexts } from "../contributions/views";
import { idStep, type NodeCommand, type Rows, type ViewNode } from "./viewNode";

/** More are for the dashboard. */
const rowsAtMost = 50;

/** One calm row for all differences between a queue and the source; none where there is none. `parent`: id of the row above, "" at the top. */
export function driftNode(parent: string, drifts: readonly Drift[]): Rows {
  if (drifts.length === 0) return [];
  const label = driftHeading(drifts);
  return [
    {
      id: driftId(parent),
      label,
      description: l10n.t("in this workspace"),
      tooltip: l10n.t("Names, arguments and schedules in Redis beside those of the Python files in this workspace."),
      icon: { id: "code" },
      expandable: "collapsed",
      dashboard: { tab: "queues" },
    },
  ];
}

export function driftId(parent: string): string {
  return parent === "" ? "drift" : `${parent}/drift`;
}

/** The rows below: each leads to the nearest place in the source, else to its jobs. */
export function driftRows(parent: string, drifts: readonly Drift[]): Rows {
  return drifts.slice(0, rowsAtMost).map((drift): ViewNode => {
    const { label, detail } = driftText(drift);
    const { place, jobs } = waysOut(drift);
    const command: NodeCommand | undefined =
      place !== null
        ? { id: "arq.openCode", title: l10n.t("Open"), arguments: [{ file: place.file, line: place.line }] }
        : jobs === null
          ? undefined
          : { id: "arq.showDashboard", title: l10n.t("Show the jobs"), arguments: [{ tab: "jobs", filter: jobs }] };
    const name = "name" in drift ? drift.name : drift.queue;
    return {
      id: `${driftId(parent)}/${drift.kind}/${idStep(name)}/${place === null ? "" : `${idStep(place.file)}:${place.line}`}`,
      label,
      description: detail,
      tooltip: `${label}\n${detail}`,
      icon: { id: isPressing(drift) ? "question" : "circle-outline" },
      name,
      ...(jobs === null ? {} : { context: itemContexts.drift, dashboard: { tab: "jobs", filter: jobs } as const }),
      ...(command === undefined ? {} : { command }),
      spoken: `${label}. ${detail}`,
    };
  });
}
