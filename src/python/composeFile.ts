import { buildRedisUrl, type FoundRedisUrl, isLiteralRedisUrl } from "./redisUrlText";

/** One line of a compose file that says something: indentation, text without comment, number from 1. */
interface Line {
  readonly indent: number;
  readonly text: string;
  readonly number: number;
}

interface Service {
  readonly name: string;
  readonly line: number;
  readonly body: readonly Line[];
}

/** Names below `services:`, read by indentation: no YAML is evaluated, anchors and flow style are not followed. */
export function composeServiceNames(text: string): string[] {
  return readServices(text).map(({ name }) => name);
}

/** Published ports of services whose image is a Redis, and Redis URLs in the environments of the others. */
export function composeRedisUrls(text: string): FoundRedisUrl[] {
  const services = readServices(text);
  return [...services.flatMap(publishedRedis), ...services.flatMap(urlsInside)];
}

function readServices(text: string): Service[] {
  const lines = text.split(/\r?\n/).flatMap((line, index) => readLine(line, index + 1) ?? []);
  const start = lines.findIndex(({ indent, text }) => indent === 0 && /^services\s*:$/.test(text));
  if (start < 0) return [];
  const length = lines.slice(start + 1).findIndex(({ indent }) => indent === 0);
  const block = length < 0 ? lines.slice(start + 1) : lines.slice(start + 1, start + 1 + length);
  const level = block[0]?.indent;
  const services: { name: string; line: number; body: Line[] }[] = [];
  for (const line of block) {
    const name = line.indent === level ? /^(["']?)([\w.-]+)\1\s*:/.exec(line.text)?.[2] : undefined;
    if (name !== undefined) services.push({ name, line: line.number, body: [] });
    else services.at(-1)?.body.push(line);
  }
  return services;
}

function readLine(line: string, number: number): Line | null {
  const text = line.replace(/(?:^|\s)#.*$/, "").trim();
  return text === "" || text === "---" ? null : { indent: line.length - line.trimStart().length, text, number };
}

function publishedRedis({ name, body }: Service): FoundRedisUrl[] {
  const image = body
    .map(({ text }) => /^image\s*:\s*["']?([^\s"']+)/.exec(text)?.[1])
    .find((found) => found !== undefined);
  // The last part of `registry:5000/library/redis:7-alpine`, without its tag.
  const product = image?.split("/").at(-1)?.split(/[:@]/)[0] ?? "";
  if (!/redis|valkey|keydb|dragonfly/i.test(product) || /exporter|commander|insight/i.test(product)) return [];
  return portsOf(body).flatMap(({ host, port, line }) => {
    const url = buildRedisUrl({ host, port });
    return url === null ? [] : [{ url, line, label: `service ${name}` }];
  });
}

/** Short (`- "127.0.0.1:6380:6379"`) and long (`target`, `published`) syntax. A port that is not published is out of reach. */
function portsOf(body: readonly Line[]): { host: string; port: string; line: number }[] {
  const start = body.findIndex(({ text }) => /^ports\s*:/.test(text));
  const key = body[start];
  if (key === undefined) return [];
  const after = body.slice(start + 1);
  const length = after.findIndex(
    ({ indent, text }) => indent < key.indent || (indent === key.indent && !text.startsWith("-")),
  );
  const lines = length < 0 ? after : after.slice(0, length);
  const flow = /\[(.*)\]/.exec(key.text)?.[1];
  const items = flow === undefined ? lines : flow.split(",").map((text) => ({ ...key, text: `- ${text.trim()}` }));
  return items.flatMap(({ text, number }) => {
    const value = withDefaults(text.replace(/^-\s*/, "")).replaceAll(/["']/g, "");
    const short = /^(?:(\[?[\d.:a-fA-F]+\]?):)?(\d+):\d+(?:\/tcp)?$/.exec(value);
    const published = short?.[2] ?? /^published\s*:\s*(\d+)$/.exec(value)?.[1];
    return published === undefined ? [] : [{ host: reachable(short?.[1]), port: published, line: number }];
  });
}

/** Published on every address or on loopback: this machine. */
function reachable(address: string | undefined): string {
  return address === undefined || /^(?:0\.0\.0\.0|127\.0\.0\.1|\[?::1?\]?)$/.test(address) ? "localhost" : address;
}

/** `${REDIS_PORT:-6379}` stands for what compose takes when the variable is not set. */
function withDefaults(text: string): string {
  return text.replaceAll(/\$\{\w+:?-([^{}$]*)\}/g, "$1");
}

function urlsInside({ name, body }: Service): FoundRedisUrl[] {
  return body.flatMap(({ text, number }) => {
    const match = /^(?:-\s*)?["']?([A-Za-z_]\w*)["']?\s*[:=]\s*["']?(.*?)["']?$/.exec(text);
    const url = withDefaults(match?.[2] ?? "");
    return match !== null && isLiteralRedisUrl(url)
      ? [{ url, line: number, label: `${match[1]} of service ${name}` }]
      : [];
  });
}
