import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAppAccess } from '../../../adapters/octokit/access.ts';
import { createLog } from '../../../adapters/pino-log.ts';
import { createApp } from '../../../app.ts';
import { sha256 } from '../../../domain/digest.ts';
import type { Log } from '../../../ports/log.ts';
import type { Model } from '../../../ports/model.ts';
import { readEvent } from '../../../router/read-event.ts';
import type { StoredRun } from '../../../runs/tables/run-rows.ts';
import { followQueue, untilSettled } from '../../action/follow.ts';
import { systemClock } from '../../clock.ts';
import { readEnvironment, type Environment } from '../../env.ts';
import { openHost } from '../../host.ts';
import { fitPayload, moveToNow } from './fit-payload.ts';
import { readScenario, type Scenario } from './scenario.ts';
import { createWorld, type World } from './world.ts';

export interface SimulatedEvent {
  name: string;
  payload: Record<string, unknown>;
}

/** What Muster did with an event, and the world in which it did it. */
export interface Simulated {
  scenario: Scenario | null;
  /** In a few words, e.g. `run r_…` or `refused: …`. */
  outcome: string;
  runs: StoredRun[];
  world: World;
}

export interface SimulateOptions {
  event: SimulatedEvent;
  /** Of the repository: path → text. */
  files: Record<string, string>;
  model: Model;
  environment: Environment;
  tell: (text: string) => void;
}

/** Where an event without a repository happens; nothing of it is ever asked for. */
const NOWHERE: Scenario = {
  repository: {
    id: 1,
    nodeId: null,
    owner: { id: 2, login: 'acme', type: 'Organization' },
    name: 'pocket-cart',
    isPrivate: false,
    defaultBranch: 'main',
  },
  people: [],
  thread: null,
  comment: null,
  review: null,
  label: null,
};

const CONCURRENCY = 4;

/**
 * Plays one event on a simulated GitHub that fits it, through the same core that serves the real one, over a
 * database in memory, until every run of it has ended or waits for a person. `use` sees the result before the
 * world is taken down.
 */
export async function simulateEvent<T>(
  options: SimulateOptions,
  use: (simulated: Simulated) => Promise<T>,
): Promise<T> {
  const { name } = options.event;
  const now = systemClock.now();
  const read = readEvent(name, options.event.payload);
  const at = 'at' in read ? read.at : null;
  const payload = moveToNow(options.event.payload, at, now);
  const scenario = readScenario(payload, now);
  const world = await createWorld(scenario ?? NOWHERE, options.files, systemClock);
  try {
    options.tell('GitHub is simulated on loopback; the database is in memory');
    const played = await play(options, world, { name, payload: fitPayload(payload, world) });
    return await use({ scenario, world, ...played });
  } finally {
    await world.simulator.close();
  }
}

async function play(
  { environment: given, model, tell }: SimulateOptions,
  world: World,
  event: SimulatedEvent,
): Promise<Pick<Simulated, 'outcome' | 'runs'>> {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'muster-simulate-'));
  const environment: Environment = {
    // Nothing of the user's own set-up may reach the simulation but what must never be shown.
    ...readEnvironment({ GITHUB_API_URL: world.simulator.url, MUSTER_DATA_DIR: dataDirectory }),
    secretValues: given.secretValues,
  };
  const log = createLog({ level: given.logLevel === 'debug' ? 'debug' : 'silent', redact: (text) => text });
  const host = await openHost({
    environment,
    githubAccess: openAccess(world, log),
    log,
    model,
    storage: 'memory',
    canWait: true,
  });
  try {
    const queue = followQueue(host.engine.queue);
    const app = createApp({ ...host.engine, queue });
    const id = `simulate-${sha256(JSON.stringify(event.payload)).slice(0, 16)}`;
    const outcome = await app.handle({ id, ...event });
    tell(outcome);
    await app.work(CONCURRENCY);
    return { outcome, runs: await untilSettled(host.engine, queue, world.repository.id) };
  } finally {
    await host.close(0);
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

function openAccess({ app, privateKey, simulator }: World, log: Log) {
  const { id: appId } = app;
  return createAppAccess({ appId, privateKey, baseUrl: simulator.url, isThrottled: false, log });
}
