import { soakWatch } from "../long/soakWatch";
import { bareScan } from "./bareScan";
import { firstPaintRun } from "./firstPaint";
import { flood } from "./flood";
import { watchFlood } from "./floodRun";
import { follow } from "./follower";
import { indexRun } from "./indexRun";
import { ping } from "./pinger";

/** Programs of the bench that run in a process of their own: `node child.js <name> <options as JSON>`, which prints the answer as JSON. */
export const programs = { bareScan, firstPaintRun, follow, flood, indexRun, ping, soakWatch, watchFlood };

export type Programs = typeof programs;

const [name, options] = process.argv.slice(2);
if (name !== undefined && Object.hasOwn(programs, name)) {
  const program = programs[name as keyof Programs] as (options: unknown) => Promise<unknown>;
  program(JSON.parse(options ?? "{}")).then(
    (answer) => process.stdout.write(JSON.stringify(answer), () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
