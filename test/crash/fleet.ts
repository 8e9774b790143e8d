import { setTimeout as sleep } from 'node:timers/promises';
import { WEBHOOK_PATH } from '../../src/hosts/server/front.ts';
import type { ServerBundle } from './bundle.ts';
import type { Reached } from './points.ts';
import { loadServer, ServerDied, type ServerProcess } from './process.ts';
import type { CrashWorld } from './world.ts';

/** Servers that are kept running on one database, whatever they die of. */
export interface Fleet {
  /** Points in the order in which they were told, of all servers that ever ran. */
  readonly history: Reached[];
  readonly deaths: string[];
  readonly diedAt: ReadonlySet<string>;
  /** Servers die at these points, once at each; for servers that start from now on. */
  dieAt: readonly string[];
  /** Keeps the fleet running until then; throws where that takes longer than `limitMs`. */
  until(isOver: () => boolean, limitMs: number): Promise<void>;
  /** SIGKILLs one of the servers, or all. */
  kill(which: 'one' | 'all'): Promise<void>;
  /** SIGTERM, and waits until every server has drained. */
  stop(): Promise<void>;
}

export interface FleetOptions {
  bundle: ServerBundle;
  world: CrashWorld;
  /** Of every server. */
  environment: Record<string, string>;
  /** How many servers run beside each other. */
  size: number;
  /** Twice a second, e.g. to let time pass in the database. */
  onTick(): Promise<void>;
}

interface Running {
  server: ServerProcess;
  /** How many of its points are in the history. */
  seen: number;
}

const STEP_MS = 25;
const TICK_MS = 500;

/**
 * Starts servers and replaces each that dies. The next one is loaded while the others work, so that a kill costs
 * no more than a start.
 */
export async function openFleet(options: FleetOptions): Promise<Fleet> {
  const { bundle, world, environment, size } = options;
  const running: Running[] = [];
  const diedAt = new Set<string>();
  let next = loadServer(bundle);
  let lastTick = Date.now();

  const collect = () => {
    for (const entry of running) {
      fleet.history.push(...entry.server.points.slice(entry.seen));
      entry.seen = entry.server.points.length;
    }
  };
  const bury = () => {
    for (const entry of running.filter(({ server }) => !server.isAlive)) {
      running.splice(running.indexOf(entry), 1);
      const last = entry.server.points.at(-1)?.point ?? 'before its first point';
      fleet.deaths.push(last);
      diedAt.add(last);
      for (const { server } of running) server.spare(last);
    }
  };
  const start = async () => {
    const server = await next;
    next = loadServer(bundle);
    running.push({ server, seen: 0 });
    const dieAt = fleet.dieAt.filter((point) => !diedAt.has(point));
    try {
      const port = await server.start(world.order(environment, { dieAt }));
      world.world.app.webhookUrl = `http://127.0.0.1:${port}${WEBHOOK_PATH}`;
    } catch (error) {
      if (!(error instanceof ServerDied)) throw error;
    }
  };
  const step = async () => {
    collect();
    bury();
    while (running.length < size) await start();
    if (Date.now() - lastTick > TICK_MS) {
      lastTick = Date.now();
      world.redeliver();
      await options.onTick();
    }
    await sleep(STEP_MS);
  };

  const fleet: Fleet = {
    history: [],
    deaths: [],
    diedAt,
    dieAt: [],
    until: async (isOver, limitMs) => {
      const giveUpAt = Date.now() + limitMs;
      while (!isOver()) {
        if (Date.now() > giveUpAt) throw new Error(`not over after ${limitMs} ms: ${world.describe()}`);
        await step();
      }
    },
    kill: async (which) => {
      const chosen = Math.floor(Math.random() * running.length);
      const victims = running.filter((_, index) => which === 'all' || index === chosen);
      await Promise.all(victims.map(async ({ server }) => server.kill()));
    },
    stop: async () => {
      for (const { server } of running) server.signal('SIGTERM');
      await Promise.all(running.map(async ({ server }) => server.gone));
      collect();
      await (await next).kill();
    },
  };
  await step();
  return fleet;
}
