import { oneLine } from "../views/texts";

/** Tabs are narrow: the function, and enough of the id to tell two jobs of it apart. */
export function tabTitle(name: string | null, id: string): string {
  // The id of a cron job begins with its name; the rest is when it was due.
  const rest = name !== null && id.startsWith(`${name}:`) ? id.slice(name.length + 1) : id;
  const short = rest.length > 16 ? `${rest.slice(0, 8)}…` : rest;
  return oneLine(`${name ?? "Job"} · ${short}`, 48);
}
