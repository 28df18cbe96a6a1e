import type { ClientFacts } from "../monitor/ports";

/** Reads `CLIENT LIST`: a line for each connection, fields as `name=value`. Lines without an id are left out. */
export function parseClientList(text: string): ClientFacts[] {
  return text.split("\n").flatMap((line): ClientFacts[] => {
    const fields = new Map<string, string>();
    for (const field of line.trim().split(" ")) {
      const at = field.indexOf("=");
      if (at > 0) fields.set(field.slice(0, at), field.slice(at + 1));
    }
    const field = (name: string): string => fields.get(name) ?? "";
    if (field("id") === "") return [];
    const lib = [field("lib-name"), field("lib-ver")].filter((part) => part !== "").join(" ");
    return [
      {
        id: field("id"),
        addr: field("addr"),
        name: field("name"),
        age: Number(field("age")) || 0,
        idle: Number(field("idle")) || 0,
        cmd: field("cmd"),
        lib,
      },
    ];
  });
}
