import { randomNumbers } from "./random";
import type { TempFolder } from "./tempFolder";

/** How many files of each kind, in a thousand: an async web backend with its services, as large ones are. */
const perThousand = { tasks: 30, workers: 4, enqueues: 40 } as const;

const nouns = ["order", "invoice", "customer", "shipment", "report", "image", "token", "session", "catalogue", "price"];
const verbs = ["send", "load", "build", "check", "sync", "export", "purge", "render", "charge", "notify"];

/**
 * Writes a project of so many Python files of about 5 kB each: models, services and views, most of them with coroutines, and among them tasks, worker settings
 * and calls of `enqueue_job`. The same for the same number. Returns the paths of the workers' files.
 */
export function writePythonFiles(folder: TempFolder, files: number): string[] {
  const random = randomNumbers(11);
  const workers: string[] = [];
  const every = Math.max(20, Math.floor(1000 / perThousand.workers));
  for (let index = 0; index < files; index++) {
    const service = `service_${Math.floor(index / every)}`;
    const place = index % every;
    const within = (share: number): boolean => place % Math.floor(1000 / share) === 1;
    if (place === 0) {
      const tasks = Math.max(1, Math.floor((every * perThousand.tasks) / 1000));
      workers.push(folder.write(`${service}/worker.py`, workerFile(service, tasks)));
      folder.write(`${service}/__init__.py`);
      folder.write(`${service}/tasks/__init__.py`);
      for (let at = 0; at < tasks; at++) folder.write(`${service}/tasks/tasks_${at}.py`, taskFile(random));
    } else {
      folder.write(`${service}/core/module_${place}.py`, plainFile(random, within(perThousand.enqueues)));
    }
  }
  return workers;
}

function workerFile(service: string, tasks: number): string {
  const imports = Array.from(
    { length: tasks },
    (_, at) => `from .tasks.tasks_${at} import send_order as send_order_${at}, sync_price as sync_price_${at}`,
  );
  const functions = Array.from(
    { length: tasks },
    (_, at) => `        send_order_${at},\n        func(sync_price_${at}, name="sync_price_${at}", timeout=60 * 5),`,
  );
  return `from arq import cron, func
from arq.connections import RedisSettings
${imports.join("\n")}


class WorkerSettings:
    functions = [
${functions.join("\n")}
    ]
    cron_jobs = [cron(send_order_0, hour={3, 15}, minute=0)]
    queue_name = "${service}"
    redis_settings = RedisSettings()
    max_jobs = 20
`;
}

function taskFile(random: () => number): string {
  return `"""Tasks of one service."""
import asyncio
import logging

logger = logging.getLogger(__name__)


async def send_order(ctx, order_id: int, *, urgent: bool = False):
    await asyncio.sleep(0)
    await ctx["redis"].enqueue_job("sync_price_0", order_id)


async def sync_price(ctx, order_id: int):
    return order_id

${functions(random, 18, "")}`;
}

function plainFile(random: () => number, enqueues: boolean): string {
  const call = enqueues
    ? `\n\nasync def order_changed(pool, order_id):\n    await pool.enqueue_job("send_order", order_id, _queue_name="service_0")\n`
    : "";
  return `from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

logger = logging.getLogger(__name__)


@dataclass
class Repository:
    session: Any

${functions(random, 9, "    ")}

${functions(random, 9, "")}${call}`;
}

function functions(random: () => number, count: number, indent: string): string {
  return Array.from({ length: count }, (_, at) => {
    const name = `${pick(random, verbs)}_${pick(random, nouns)}_${at}`;
    const self = indent === "" ? "" : "self, ";
    const body = [
      `${indent}${random() < 0.6 ? "async " : ""}def ${name}(${self}${pick(random, nouns)}_id: int, limit: int = ${Math.floor(random() * 500)}) -> list[dict[str, Any]]:`,
      `${indent}    """Looks for what belongs together, and hands on what was found."""`,
      `${indent}    query = select(${pick(random, nouns)}).where(id == limit).limit(${Math.floor(random() * 100)})`,
      `${indent}    logger.debug("%s rows of ${pick(random, nouns)}", limit)`,
      `${indent}    return [row._asdict() for row in query if row.${pick(random, nouns)} is not None]`,
    ];
    return `${body.join("\n")}\n`;
  }).join("\n");
}

function pick(random: () => number, from: readonly string[]): string {
  return from[Math.floor(random() * from.length)] ?? "";
}
