import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WEBHOOK_PATH } from '../../src/hosts/server/front.ts';
import {
  createSampleWorld,
  SAMPLE_REPOSITORY,
  SAMPLE_SECRET,
  type SampleWorld,
} from '../../src/simulator/sample/world.ts';
import { realClock } from '../support/clock.ts';
import { createDataDirectory } from '../support/data-directory.ts';
import { createTestDatabaseUrl } from '../support/database.ts';
import { startProvider, type Provider } from './action/provider.ts';
import { agentFile } from './support/replies.ts';

const CONFIG = `models:
  standard: compatible/test
  judge: compatible/judge
  prices:
    compatible/test: { input: 1, cached: 1, output: 1 }
    compatible/judge: { input: 1, cached: 1, output: 1 }
agents: { triager: { enabled: false } }
`;

let world: SampleWorld;
let provider: Provider;
let dataDirectory: string;
let database: Awaited<ReturnType<typeof createTestDatabaseUrl>>;
let server: ChildProcess;

beforeEach(async () => {
  world = await createSampleWorld(realClock);
  provider = await startProvider('The reason is written down.');
  dataDirectory = await createDataDirectory('kill');
  database = await createTestDatabaseUrl();
  await world.simulator.as('ada').push(SAMPLE_REPOSITORY, 'main', {
    '.github/muster.yml': CONFIG,
    '.github/agents/steady.md': agentFile('steady', '{ comment: 1 }'),
  });
});

afterEach(async () => {
  server.kill('SIGKILL');
  provider.close();
  await world.simulator.close();
  await database?.drop();
  await rm(dataDirectory, { recursive: true, force: true });
});

/** `muster serve` as an own process; resolves when it is ready. */
async function startServer(): Promise<void> {
  server = spawn(process.execPath, ['src/hosts/cli/main.ts', 'serve'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      APP_ID: String(world.app.id),
      PRIVATE_KEY: world.privateKey,
      WEBHOOK_SECRET: SAMPLE_SECRET,
      GITHUB_API_URL: world.simulator.url,
      MUSTER_DATA_DIR: dataDirectory,
      PORT: '0',
      OPENAI_COMPATIBLE_BASE_URL: provider.url,
      ...(database === null ? {} : { DATABASE_URL: database.url }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  const port = await new Promise<string>((resolve, reject) => {
    server.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      const ready = /"port":(\d+).*"message":"ready"/.exec(log)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    server.once('exit', () => reject(new Error(log)));
  });
  world.app.webhookUrl = `http://127.0.0.1:${port}${WEBHOOK_PATH}`;
}

async function until(what: string, look: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 120_000;
  while (!look()) {
    if (Date.now() > giveUpAt) throw new Error(`never came: ${what}`);
    await realClock.sleep(25);
  }
}

const turnOf = (body: Provider['requests'][number]): number =>
  body.response_format === undefined ? body.messages.filter(({ role }) => role === 'assistant').length : -1;

it('goes on after SIGKILL between two steps, with no recorded step repeated and nothing doubled', async () => {
  provider.play([
    { tool: 'list_files', args: {} },
    { tool: 'read_file', args: { path: 'README.md' } },
    { tool: 'propose_comment', args: { body: 'The reason is written down.' } },
  ]);
  await startServer();
  const ada = world.simulator.as('ada');
  const issue = await ada.openIssue(SAMPLE_REPOSITORY, { title: 'Why?', body: 'Please say why.' });
  await ada.label(SAMPLE_REPOSITORY, issue.number, 'agent:steady');
  await until('the third turn', () => provider.requests.some((body) => turnOf(body) === 2));
  server.kill('SIGKILL');
  await once(server, 'exit');
  const before = provider.requests.map(turnOf);
  await startServer();
  const comments = () => world.repository.issues.get(issue.number)?.comments ?? [];
  await until('the end', () => comments().some(({ body }) => /done: .*steady/.test(body)));
  const turns = provider.requests.map(turnOf);
  // The turn that was in flight may be asked again; what was recorded is not.
  expect(turns.filter((turn) => turn === 0)).toHaveLength(1);
  expect(turns.filter((turn) => turn === 1)).toHaveLength(1);
  expect(before).toContain(2);
  expect(comments().filter(({ body }) => body.startsWith('The reason is written down.'))).toHaveLength(1);
  expect(comments().filter(({ body }) => body.includes('<!-- muster:run='))).toHaveLength(1);
});
