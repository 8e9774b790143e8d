import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/hosts/env.ts';
import { WEBHOOK_PATH } from '../../src/hosts/server/front.ts';
import { askServer, socketPath } from '../../src/hosts/server/local-socket.ts';
import { serve, type RunningServer } from '../../src/hosts/server/serve.ts';
import { createCassetteModel } from '../../src/simulator/cassette-model.ts';
import { sampleRepository } from '../../src/simulator/sample/sample.ts';
import {
  createSampleWorld,
  sampleCassette,
  SAMPLE_REPOSITORY,
  SAMPLE_SECRET,
  type SampleWorld,
} from '../../src/simulator/sample/world.ts';
import { realClock } from '../support/clock.ts';
import { silentLog } from '../support/log.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/hosts/cli/main.ts');

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

let folder: string;
let dataDirectory: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'muster-cli-'));
  dataDirectory = path.join(folder, 'data');
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

/** The command line as people start it, with nothing of this process's environment. */
async function muster(...words: string[]): Promise<Ended> {
  const env = {
    PATH: path.dirname(process.execPath) + path.delimiter + '/usr/bin:/bin',
    MUSTER_DATA_DIR: dataDirectory,
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...words],
      { cwd: folder, env, maxBuffer: 1e8 },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
      },
    );
  });
}

async function file(name: string, content: unknown): Promise<string> {
  const target = path.join(folder, name);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, typeof content === 'string' ? content : JSON.stringify(content));
  return target;
}

/** GitHub's own sample of a label, on the sample repository's issue. */
function labelled(): Record<string, unknown> {
  const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
    name: string;
    examples: { action?: string; issue?: object; label?: object }[];
  }[];
  const found = examples
    .find(({ name }) => name === 'issues')
    ?.examples.find(({ action }) => action === 'labeled');
  const { issue } = sampleRepository();
  return {
    ...found,
    issue: { ...found?.issue, ...issue },
    label: { ...found?.label, name: 'agent:bug-root-cause-analyzer' },
  };
}

describe('the command line', () => {
  it.each([
    [['simualte'], 2, 'there is no command `simualte`; did you mean `simulate`?'],
    [['check', '--jsn'], 2, 'there is no option `--jsn`; did you mean `--json`?'],
    [['show', 'nonsense'], 2, '`nonsense` is no run id: those are `r_` and twelve of a-z, 2-7'],
    [['simulate', 'nowhere.json'], 1, 'there is no file nowhere.json'],
    [['simulate', 'broken.json'], 1, /^muster: broken\.json is no JSON: /],
    [
      ['simulate', 'broken.json', '--record', 'a', '--cassette', 'b'],
      2,
      '--record and --cassette exclude each other',
    ],
    [['simulate', 'empty.json'], 2, /empty\.json: its shape doesn't tell the event/],
    [['runs'], 1, /^muster: there is no database in .*data: start a server there first/],
    [['export', 'triagr', '--to', 'claude'], 1, 'there is no valid agent `triagr`; did you mean `triager`?'],
    [['export', 'triager', '--to', 'word'], 2, '--to: expected one of claude, copilot, gh-aw'],
  ])('answers %j in one line with exit code %i', async (words, code, message) => {
    await file('broken.json', '{"a": ');
    await file('empty.json', {});
    const ended = await muster(...words);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr.split('\n')).toHaveLength(2);
    expect(ended.stderr).toMatch(typeof message === 'string' ? `muster: ${message}\n` : message);
  });

  it('refuses to record without a key', async () => {
    const event = await file('event.json', labelled());
    const ended = await muster('simulate', event, '--record', path.join(folder, 'never.json'));
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toContain('ANTHROPIC_API_KEY');
    expect(existsSync(path.join(folder, 'never.json'))).toBe(false);
  });

  it('writes a configuration that is valid, once, and says what is wrong in a changed one', async () => {
    expect(await muster('init')).toMatchObject({ code: 0, stderr: '' });
    const config = path.join(folder, '.github/muster.yml');
    expect(await muster('check')).toMatchObject({ code: 0, stdout: '1 file valid\n' });
    await writeFile(config, 'budgets:\n  day: lots\n');
    expect((await muster('init')).code).toBe(1);
    expect(await readFile(config, 'utf8')).toBe('budgets:\n  day: lots\n');
    const ended = await muster('check', '--json');
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      isValid: false,
      files: [{ file: '.github/muster.yml', problems: [{ line: 2, key: 'budgets.day' }] }],
    });
    await rm(config);
  });

  it('shows an event of GitHub played to its waiting pull request', async () => {
    const ended = await muster('simulate', await file('event.json', labelled()), '--json');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchObject({
      event: 'issues',
      action: 'labeled',
      repository: 'Codertocat/Hello-World',
      outcome: expect.stringMatching(/^run r_[a-z2-7]{12}$/),
      runs: [
        {
          work: 'agent:bug-root-cause-analyzer',
          state: 'waiting',
          proposals: [{ kind: 'pull_request' }, { kind: 'comment' }],
          decisions: expect.arrayContaining([
            expect.objectContaining({ kind: 'pull_request', value: 'review' }),
          ]),
          verdict: { kind: 'scored' },
          checks: expect.arrayContaining([
            expect.objectContaining({ name: 'muster/gate', conclusion: 'action_required' }),
          ]),
        },
      ],
    });
  });
});

describe('beside a running server', () => {
  let world: SampleWorld;
  let server: RunningServer;
  let runId: string;
  beforeAll(async () => {
    world = await createSampleWorld(realClock);
    server = await serve({
      environment: readEnvironment({
        APP_ID: String(world.app.id),
        PRIVATE_KEY: world.privateKey,
        WEBHOOK_SECRET: SAMPLE_SECRET,
        GITHUB_API_URL: world.simulator.url,
        MUSTER_DATA_DIR: dataDirectory,
        PORT: '0',
      }),
      role: 'all',
      log: silentLog,
      model: createCassetteModel(sampleCassette(), { clock: realClock }),
    });
    world.app.webhookUrl = `http://127.0.0.1:${server.port}${WEBHOOK_PATH}`;
    const { number } = await world.simulator.as('ada').openIssue(SAMPLE_REPOSITORY, sampleRepository().issue);
    await world.simulator.as('ada').label(SAMPLE_REPOSITORY, number, 'agent:bug-root-cause-analyzer');
    runId = await waitingRun();
  });
  afterAll(async () => world.simulator.close());

  async function waitingRun(): Promise<string> {
    for (;;) {
      const runs = (await askServer(dataDirectory, { kind: 'runs', tenantId: null, limit: 9 })) as {
        runId: string;
        state: string;
      }[];
      const [run] = runs;
      if (run?.state === 'waiting') return run.runId;
      if (run !== undefined && ['failed', 'refused', 'done'].includes(run.state)) throw new Error(run.state);
      await realClock.sleep(100);
    }
  }

  it('shows what a run did, through a socket that is its owner’s alone', async () => {
    expect((await stat(socketPath(dataDirectory))).mode & 0o777).toBe(0o600);
    const ended = await muster('show', runId, '--json');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const shown = JSON.parse(ended.stdout) as { timeline: { kind: string; what: string; who: string }[] };
    expect(shown).toMatchObject({ runId, state: 'waiting', repository: SAMPLE_REPOSITORY, subject: 1 });
    expect(shown).toMatchObject({ view: { waiting: { proposalIds: ['p1'] } } });
    expect(shown.timeline[0]).toMatchObject({ kind: 'run', who: '@ada' });
    const kinds = new Set(shown.timeline.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['effect', 'ledger', 'run', 'step']);
    expect(shown.timeline.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['prepare', 'r0/turn-1', 'r0/gate', 'r0/publish:p1']),
    );
  });

  it('knows no run that nobody asked for, and answers nothing but its queries', async () => {
    const ended = await muster('show', 'r_aaaaaaaaaaaa');
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no run r_aaaaaaaaaaaa'),
    });
    const foreign = { kind: 'sql', text: 'DELETE FROM runs' } as never;
    await expect(askServer(dataDirectory, foreign)).rejects.toMatchObject({ code: 'bad_query' });
  });

  it('reads the database itself once the server has stopped', async () => {
    await server.stop();
    expect(existsSync(socketPath(dataDirectory))).toBe(false);
    const shown = await muster('show', runId);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toContain(
      `${runId}  agent:bug-root-cause-analyzer for ${SAMPLE_REPOSITORY}#1: waiting`,
    );
    expect(existsSync(path.join(dataDirectory, 'muster.lock'))).toBe(false);
    const cost = JSON.parse((await muster('cost', '--json')).stdout) as { lines: { work: string }[] }[];
    expect(cost[0]?.lines[0]).toMatchObject({ work: 'agent:bug-root-cause-analyzer', runs: 1 });
  });

  it('says in one line that a database can’t be read', async () => {
    const broken = path.join(dataDirectory, 'postgres', 'PG_VERSION');
    await writeFile(broken, 'not a version\n');
    await chmod(broken, 0o600);
    const ended = await muster('runs');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^muster: the database can't be opened: [^\n]*\n$/);
  });
});
