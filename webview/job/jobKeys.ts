import type { PageKeys } from "../shared/keysHelp";
import { t } from "../shared/l10n";

/** The keys of a job's page. */
export const jobKeys: PageKeys = [
  [["j", "k"], t("Next frame of the traceback, previous frame")],
  [["Enter"], t("Open the line of the frame (with Ctrl, Cmd or Alt: to the side)")],
  [["→", "←"], t("Show the lines around a frame, or hide them; open and close parts of a value")],
  [["p", "d"], t("On a frame: peek all frames, open its file as it was deployed")],
  [["c", "Shift+C"], t("In a value: copy the part as Python, or as JSON")],
  [["↑", "↓"], t("In the log: line by line; Enter opens the file there")],
  [["f"], t("Open the function")],
  [["b"], t("Debug it: call the function again, after a question")],
  [["w"], t("Watch this job, or stop watching")],
  [["h"], t("Hide values, or show them")],
  [["?"], t("These keys")],
];
