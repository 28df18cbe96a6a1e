import { benches } from "../bench/benches";
import { Unavailable } from "../bench/measure";
import { requireArq } from "../support/arqEnvironment";
import { tryBench } from "../support/tinyBench";

describe("npm run bench with real ARQ", () => {
  let python: string;
  before(async function () {
    python = await requireArq(this);
  });

  const { workerCost1, workerCost10, workerCost1Cpu, workerCost10Cpu, workerCostSaturated } = benches;
  const costs = { workerCost1, workerCost10, workerCost1Cpu, workerCost10Cpu, workerCostSaturated };
  for (const [name, bench] of Object.entries(costs)) {
    it(`measures ${name} and tells it with its peers`, () => tryBench(bench, python));
  }

  const { arqDashboard, arqDashboardCommands } = benches;
  for (const [name, bench] of Object.entries({ arqDashboard, arqDashboardCommands })) {
    it(`measures ${name}, or says that it cannot be had`, async function () {
      this.timeout(300_000);
      await tryBench(bench, python).catch((error: unknown) => {
        if (!(error instanceof Unavailable)) throw error;
      });
    });
  }
});
