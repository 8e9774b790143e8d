import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { ask } from '../../../src/hosts/cli/reader.ts';
import { readEnvironment } from '../../../src/hosts/env.ts';
import { WEBHOOK_PATH } from '../../../src/hosts/server/front.ts';
import type { Recording } from '../../../src/runs/history/replay.ts';
import type { Comment } from '../../../src/simulator/model.ts';
import {
  createSampleWorld,
  SAMPLE_REPOSITORY,
  SAMPLE_SECRET,
  type SampleWorld,
} from '../../../src/simulator/sample/world.ts';
import { realClock } from '../../support/clock.ts';
import { createDataDirectory } from '../../support/data-directory.ts';
import { createTestDatabaseUrl } from '../../support/database.ts';
import { startProvider, type Provider } from '../action/provider.ts';
import { agentFile } from './replies.ts';

/** What the agent `steady` comments, and the judge quotes. */
export const EVIDENCE = 'The reason is written down.';

const CONFIG = `models:
  standard: compatible/test
  judge: compatible/judge
  prices:
    compatible/test: { input: 1, cached: 1, output: 1 }
    compatible/judge: { input: 1, cached: 1, output: 1 }
agents: { triager: { enabled: false } }
`;

/** One of Muster's own processes. */
export interface ServerProcess {
  child: ChildProcess;
  /** Of its front; null for a worker. */
  url: string | null;
  /** What it has logged so far. */
  log(): string;
  kill(): Promise<void>;
  /** SIGTERM, and waits until it has drained. */
  stop(): Promise<void>;
}

/** A simulated GitHub and a model provider, with Muster in processes of its own. */
export interface ProcessScene {
  world: SampleWorld;
  provider: Provider;
  dataDirectory: string;
  /** Null where the database lies in the data directory. */
  databaseUrl: string | null;
  /** Resolves when it is ready; rejects with its log where it ends before. */
  start(command?: string[], environment?: Record<string, string>): Promise<ServerProcess>;
  /** A new issue with the label of the agent `steady`; its number. */
  askSteady(): Promise<number>;
  comments(issue: number): Comment[];
  /** What its one tracking comment says. */
  tracking(issue: number): string;
  /** All that is recorded of the issue's run, once its tracking comment names it. */
  recording(issue: number): Promise<Recording>;
  until(what: string, look: () => boolean | Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

const GIVE_UP_MS = 120_000;
const POLL_MS = 25;

export async function openProcesses(
  options: { outputs?: string; tools?: string; dataDirectory?: string; isEmbedded?: boolean } = {},
): Promise<ProcessScene> {
  const world = await createSampleWorld(realClock);
  const { simulator, repository } = world;
  const provider = await startProvider(EVIDENCE);
  const dataDirectory = options.dataDirectory ?? (await createDataDirectory('processes'));
  const database = options.isEmbedded === true ? null : await createTestDatabaseUrl();
  const storage = {
    MUSTER_DATA_DIR: dataDirectory,
    ...(database === null ? {} : { DATABASE_URL: database.url }),
  };
  const agent = agentFile('steady', options.outputs ?? '{ comment: 1 }');
  await simulator.as('ada').push(SAMPLE_REPOSITORY, 'main', {
    '.github/muster.yml': CONFIG,
    '.github/agents/steady.md':
      options.tools === undefined ? agent : agent.replace(/^tools: .*$/m, `tools: ${options.tools}`),
  });
  const children: ChildProcess[] = [];
  const comments = (issue: number) => repository.issues.get(issue)?.comments ?? [];
  const tracking = (issue: number) =>
    comments(issue).find(({ body }) => body.includes('<!-- muster:run='))?.body ?? '';
  return {
    world,
    provider,
    dataDirectory,
    databaseUrl: database?.url ?? null,
    comments,
    tracking,
    start: async (command = ['serve'], environment = {}) => {
      const child = spawn(process.execPath, ['src/hosts/cli/main.ts', ...command], {
        env: {
          PATH: process.env['PATH'] ?? '',
          APP_ID: String(world.app.id),
          PRIVATE_KEY: world.privateKey,
          WEBHOOK_SECRET: SAMPLE_SECRET,
          GITHUB_API_URL: simulator.url,
          PORT: '0',
          OPENAI_COMPATIBLE_BASE_URL: provider.url,
          ...storage,
          ...environment,
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      children.push(child);
      const server = await readyProcess(child);
      if (server.url !== null) world.app.webhookUrl = `${server.url}${WEBHOOK_PATH}`;
      return server;
    },
    askSteady: async () => {
      const ada = simulator.as('ada');
      const { number } = await ada.openIssue(SAMPLE_REPOSITORY, { title: 'Why?', body: 'Please say why.' });
      await ada.label(SAMPLE_REPOSITORY, number, 'agent:steady');
      return number;
    },
    recording: async (issue) => {
      const runId = /muster:run=(r_[a-z2-7]{12})/.exec(tracking(issue))?.[1] ?? '';
      const found = await ask(readEnvironment(storage), { kind: 'recording', runId });
      if (found === null) throw new Error(`there is no run on #${issue}: ${tracking(issue)}`);
      return found;
    },
    until: async (what, look) => {
      const giveUpAt = Date.now() + GIVE_UP_MS;
      while (!(await look())) {
        if (Date.now() > giveUpAt) throw new Error(`never came: ${what}`);
        await realClock.sleep(POLL_MS);
      }
    },
    close: async () => {
      await Promise.all(children.map(async (child) => ended(child, 'SIGKILL')));
      provider.close();
      await simulator.close();
      await database?.drop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

async function readyProcess(child: ChildProcess): Promise<ServerProcess> {
  let log = '';
  const port = await new Promise<string>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      const ready = /"port":(\d+|null).*"message":"ready"/.exec(log)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    child.once('close', (code) => reject(new Error(`exit code ${code}: ${log}`)));
  });
  const url = port === 'null' ? null : `http://127.0.0.1:${port}`;
  return {
    child,
    url,
    log: () => log,
    kill: async () => ended(child, 'SIGKILL'),
    stop: async () => ended(child, 'SIGTERM'),
  };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}
