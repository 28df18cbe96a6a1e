import type { Logger } from "../../src/monitor/ports";

/** Keeps what it is told, by level. */
export class QuietLogger implements Logger {
  readonly lines: { level: keyof Logger; message: string }[] = [];

  debug(message: string): void {
    this.lines.push({ level: "debug", message });
  }

  info(message: string): void {
    this.lines.push({ level: "info", message });
  }

  warn(message: string): void {
    this.lines.push({ level: "warn", message });
  }

  error(message: string): void {
    this.lines.push({ level: "error", message });
  }
}
