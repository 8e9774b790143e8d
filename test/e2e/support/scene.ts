import { rm } from 'node:fs/promises';
import { readEnvironment, type Environment } from '../../../src/hosts/env.ts';
import { WEBHOOK_PATH } from '../../../src/hosts/server/front.ts';
import { serve, type RunningServer } from '../../../src/hosts/server/serve.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { ModelRequest } from '../../../src/ports/model.ts';
import { createCassetteModel } from '../../../src/simulator/cassette-model.ts';
import type { Cassette } from '../../../src/simulator/cassette.ts';
import type { CheckRun } from '../../../src/simulator/check-model.ts';
import type { Comment, Issue } from '../../../src/simulator/model.ts';
import type { Simulator } from '../../../src/simulator/simulator.ts';
import {
  createSampleWorld,
  SAMPLE_REPOSITORY,
  SAMPLE_SECRET,
  type SampleWorld,
} from '../../../src/simulator/sample/world.ts';
import { realClock } from '../../support/clock.ts';
import { createDataDirectory } from '../../support/data-directory.ts';
import { createTestDatabaseUrl } from '../../support/database.ts';
import { silentLog } from '../../support/log.ts';

export const REPOSITORY = SAMPLE_REPOSITORY;

/** A simulated GitHub with Muster serving it, in this process but over real HTTP. */
export interface Scene {
  simulator: Simulator;
  world: SampleWorld;
  issue(number: number): Issue;
  tracking(number: number): Comment | null;
  /** Every comment of Muster on it, the tracking comment left out. */
  answers(number: number): string[];
  pullRequestOf(number: number): Issue | null;
  check(headSha: string, name: string): CheckRun | null;
  /** Resolves with the first value that is neither null, false nor undefined; fails after two minutes. */
  until<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<T>>;
  /** Waits until the tracking comment on that issue says this state. */
  reaches(number: number, state: string): Promise<Comment>;
  /** Stops the server; webhooks fail until `up`. What it stored stays. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** What the server was started with, for asking its database. */
  readonly environment: Environment;
  close(): Promise<void>;
}

const GIVE_UP_MS = 120_000;
const POLL_MS = 25;

export async function openScene(options: {
  cassette: Cassette;
  files?: Record<string, string>;
  /** GitHub's. */
  clock?: Clock;
  /** Called before each request to a model is answered; what it throws is the answer. */
  onModelRequest?: (request: ModelRequest) => void;
}): Promise<Scene> {
  const world = await createSampleWorld(options.clock ?? realClock);
  const { simulator, repository } = world;
  if (options.files !== undefined) await simulator.as('ada').push(REPOSITORY, 'main', options.files);
  const server = await prepareServer(world, options.cassette, options.onModelRequest);
  await server.up();
  const issue = (number: number): Issue => {
    const found = repository.issues.get(number);
    if (found === undefined) throw new Error(`there is no #${number}`);
    return found;
  };
  const ours = (number: number): Comment[] =>
    issue(number).comments.filter((comment) => comment.author.login === 'muster[bot]');
  const tracking = (number: number): Comment | null =>
    ours(number).find((comment) => comment.body.includes('<!-- muster:run=')) ?? null;
  const until: Scene['until'] = async (what, look) => {
    const giveUpAt = Date.now() + GIVE_UP_MS;
    for (;;) {
      const value = await look();
      if (value !== null && value !== undefined && value !== false) return value;
      if (Date.now() > giveUpAt) throw new Error(`never came: ${what}`);
      await realClock.sleep(POLL_MS);
    }
  };
  return {
    simulator,
    world,
    issue,
    tracking,
    answers: (number) =>
      ours(number)
        .map((comment) => comment.body)
        .filter((body) => !body.includes('<!-- muster:run=')),
    pullRequestOf: (number) =>
      [...repository.issues.values()].find(
        (candidate) => candidate.pull !== null && candidate.body?.includes(`#${number}`) === true,
      ) ?? null,
    check: (headSha, name) =>
      repository.checkRuns.findLast((check) => check.headSha === headSha && check.name === name) ?? null,
    until,
    reaches: async (number, state) => {
      try {
        return await until(`#${number} to be ${state}`, () => {
          const comment = tracking(number);
          return comment !== null && headline(comment.body).includes(state) ? comment : null;
        });
      } catch (error) {
        throw new Error(
          `${String(error)}; it shows: ${tracking(number)?.body.slice(0, 800) ?? 'no comment'}`,
          { cause: error },
        );
      }
    },
    down: server.down,
    up: server.up,
    environment: server.environment,
    close: async () => {
      await server.close();
      await simulator.close();
    },
  };
}

/** The first line that a reader sees. */
export function headline(body: string): string {
  return body.split('\n').find((line) => line.startsWith('#')) ?? '';
}

async function prepareServer(
  world: SampleWorld,
  cassette: Cassette,
  onModelRequest: (request: ModelRequest) => void = () => undefined,
) {
  const model = createCassetteModel(cassette, { clock: realClock });
  const generate: typeof model.generate = async (request, options) => {
    onModelRequest(request);
    return model.generate(request, options);
  };
  const dataDirectory = await createDataDirectory('e2e');
  const database = await createTestDatabaseUrl();
  const environment = readEnvironment({
    APP_ID: String(world.app.id),
    PRIVATE_KEY: world.privateKey,
    WEBHOOK_SECRET: SAMPLE_SECRET,
    GITHUB_API_URL: world.simulator.url,
    MUSTER_DATA_DIR: dataDirectory,
    PORT: '0',
    ...(database === null ? {} : { DATABASE_URL: database.url }),
  });
  let running: RunningServer | null = null;
  const up = async (): Promise<void> => {
    running = await serve({
      environment,
      role: 'all',
      log: silentLog,
      model: { ...model, generate },
    });
    world.app.webhookUrl = `http://127.0.0.1:${running.port}${WEBHOOK_PATH}`;
  };
  const down = async (): Promise<void> => {
    await running?.stop();
    running = null;
  };
  const close = async (): Promise<void> => {
    await down();
    await database?.drop();
    await rm(dataDirectory, { recursive: true, force: true });
  };
  return { up, down, close, environment };
}
