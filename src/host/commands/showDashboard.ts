import type { DashboardArgument } from "../contributions/commands";
import { atConnection } from "./atConnection";
import { dashboardLook } from "./dashboardLook";
import type { HostParts } from "./parts";

/** Opens or reveals the dashboard, in front or beside, with what is asked for. */
export async function showDashboard(parts: HostParts, what: DashboardArgument = {}, toSide: boolean): Promise<void> {
  if (await atConnection(parts, what.connection)) parts.dashboard.show(dashboardLook(what), toSide);
}
