import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import type { Issue } from '../../src/simulator/model.ts';
import type { Engine } from '../../src/runs/engine.ts';
import { loadHold } from '../../src/runs/tables/rungs.ts';
import { fireTimer } from '../../src/runs/upkeep/timers.ts';
import { startSimulatedApp, type SimulatedApp } from '../adapters/octokit/simulated-app.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { agentFile } from '../e2e/support/replies.ts';

const REPOSITORY = 'octo/app';
const CONFIG = '# Ours.\nagents:\n  writer:   { autonomy: gated } # for now\nbots: []\n';

let database: TestDatabase;
let app: SimulatedApp;
let engine: Engine;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  await system('TRUNCATE tenants, runs, outcomes, rungs');
  app = await startSimulatedApp();
  engine = testEngine({ database, githubAccess: app.access });
  await system(
    "INSERT INTO tenants (tenant_id, owner, name, installation_id) VALUES ($1, 'octo', 'app', $2)",
    [app.tenant.id, app.tenant.installationId],
  );
  await configure(CONFIG);
  return async () => app.simulator.close();
});

async function system<Row>(sql: string, parameters: (string | number | null)[] = []): Promise<Row[]> {
  return database.transaction('system', async (tx) => tx.query<Row>(sql, parameters));
}

async function configure(text: string, writer = ''): Promise<void> {
  await app.simulator.as('octo').push(REPOSITORY, 'main', {
    '.github/muster.yml': text,
    '.github/agents/writer.md': agentFile('writer', '{ pull_request: 1 }', writer),
    '.github/agents/talker.md': agentFile('talker', '{ comment: 1 }'),
  });
}

/** As many decisions, a millisecond apart, the last of them now. */
async function decide(
  decision: string,
  count: number,
  { agent = 'writer', tenant = app.tenant.id } = {},
): Promise<void> {
  await system('SELECT pg_sleep($1::float8 / 1000)', [count + 1]);
  await system(
    `INSERT INTO outcomes (tenant_id, run_id, agent, decision, decided_at)
     SELECT $1, gen_random_uuid(), $2, $3, now() - back * interval '1 millisecond' FROM generate_series(0, $4::int - 1) back`,
    [tenant, agent, decision, count],
  );
}

const { signal } = new AbortController();
const job = { id: 'j', retryCount: 0, signal, completeIn: async () => undefined };

async function weigh(): Promise<void> {
  await fireTimer(engine, { ...job, data: { kind: 'autonomy', tenantId: app.tenant.id } });
}

function pulls(): Issue[] {
  return [...app.simulator.repository(REPOSITORY).issues.values()].filter(({ pull }) => pull !== null);
}

const shown = () => pulls().map(({ title, state }) => `${title}: ${state}`);

async function fileOf(ref: string): Promise<string | null> {
  const github = await app.access.forTenant(app.tenant);
  return github.readFile('.github/muster.yml', ref);
}

const hold = async () =>
  database.transaction(app.tenant.id, async (tx) => loadHold(tx, app.tenant.id, 'writer', 'gated'));

describe('the way up', () => {
  it('is proposed once, as a pull request that changes nothing but the rung, with the record', async () => {
    await decide('approved', 19);
    await weigh();
    expect(pulls()).toEqual([]);
    await decide('approved', 1);
    await weigh();
    await weigh();
    expect(shown()).toEqual(['Set the autonomy of writer to auto: open']);
    const [pull] = pulls();
    expect(pull?.pull?.isDraft).toBe(false);
    expect(pull?.body).toContain('People accepted 20 of its last 20 proposals');
    expect(pull?.body).toContain('0.84');
    expect(pull?.body?.match(/\| approved \|/g)).toHaveLength(20);
    expect(await fileOf('muster/autonomy/writer')).toBe(CONFIG.replace('gated', 'auto'));
    const github = await app.access.forTenant(app.tenant);
    const files = await github.listPullRequestFiles(pull?.number ?? 0);
    expect(files.map(({ path, additions, deletions }) => [path, additions, deletions])).toEqual([
      ['.github/muster.yml', 1, 1],
    ]);
  });

  it('is proposed once by workers that weigh at once', async () => {
    await decide('approved', 20);
    await Promise.allSettled([weigh(), weigh(), weigh()]);
    await weigh();
    expect(shown()).toEqual(['Set the autonomy of writer to auto: open']);
  });

  it('survives GitHub’s failing between each two of its calls', async () => {
    await decide('approved', 20);
    for (const path of [/\/git\/commits/, /\/git\/refs/, /\/pulls$/]) {
      app.simulator.faults.add({ kind: 'status', method: 'POST', path, status: 502, times: 1 });
      await expect(weigh()).rejects.toMatchObject({ isRetryable: true });
    }
    await weigh();
    expect(shown()).toEqual(['Set the autonomy of writer to auto: open']);
    expect(await fileOf('muster/autonomy/writer')).toBe(CONFIG.replace('gated', 'auto'));
  });

  it('is not proposed again after a person closed it, until the record is another', async () => {
    await decide('approved', 20);
    await weigh();
    await app.simulator.as('octo').close(REPOSITORY, pulls()[0]?.number ?? 0);
    await decide('approved', 9);
    await weigh();
    expect(pulls()).toHaveLength(1);
    await decide('approved', 1);
    await weigh();
    await weigh();
    expect(shown()).toEqual([
      'Set the autonomy of writer to auto: closed',
      'Set the autonomy of writer to auto: open',
    ]);
  });

  it('begins anew once it was merged: earlier decisions say nothing of the new rung', async () => {
    await configure(CONFIG.replace('gated', 'comment-only'));
    await decide('approved', 20);
    await weigh();
    expect(shown()).toEqual(['Set the autonomy of writer to gated: open']);
    await app.simulator.as('octo').merge(REPOSITORY, pulls()[0]?.number ?? 0);
    expect(parseConfig((await fileOf('main')) ?? '', '')).toMatchObject({
      config: { agents: { writer: { autonomy: 'gated' } } },
    });
    await weigh();
    expect(pulls()).toHaveLength(1);
    await decide('approved', 20);
    await weigh();
    expect(shown()).toEqual([
      'Set the autonomy of writer to gated: closed',
      'Set the autonomy of writer to auto: open',
    ]);
  });

  it.each<[string, () => Promise<unknown>, Parameters<typeof decide>[2]?]>([
    ['for an agent of another repository', async () => undefined, { tenant: 12 }],
    ['to `auto` without proposals of pull requests', async () => undefined, { agent: 'talker' }],
    ['to `auto` where `gate` decides', async () => configure(`${CONFIG}gate: { pull_request: review }\n`)],
    ['to `auto` where the agent file asks for a person', async () => configure(CONFIG, '  gate: review\n')],
    ['for an agent that is no longer there', async () => undefined, { agent: 'nobody' }],
    ['in a dry run', async () => configure(`dry_run: true\n${CONFIG}`)],
    ['for an agent that is off', async () => configure(CONFIG.replace('{', '{ enabled: false,'))],
    ['by an invalid configuration', async () => configure(`nonesuch: 1\n${CONFIG}`)],
    ['where the App was taken off', async () => system('UPDATE tenants SET removed_at = now()')],
  ])('is not proposed %s', async (_what, given, of = {}) => {
    await given();
    await decide('approved', 20, of);
    await weigh();
    expect(pulls()).toEqual([]);
  });

  it('leaves a branch of its name alone that somebody else made, and goes on with other agents', async () => {
    const branch = 'muster/autonomy/talker';
    const sha = await app.simulator.as('octo').push(REPOSITORY, branch, { 'README.md': 'Mine.\n' });
    await decide('rejected', 3, { agent: 'talker' });
    await decide('approved', 20);
    await weigh();
    expect(shown()).toEqual(['Set the autonomy of writer to auto: open']);
    const github = await app.access.forTenant(app.tenant);
    expect(await github.getRef(`refs/heads/${branch}`)).toBe(sha);
  });

  it('has an open gate where the gate is required, so that a person can merge it', async () => {
    await configure(`gate: { required: true }\n${CONFIG}`);
    await decide('approved', 20);
    await weigh();
    await weigh();
    const gates = app.simulator.repository(REPOSITORY).checkRuns.filter(({ name }) => name === 'muster/gate');
    expect(gates.map(({ headSha, conclusion }) => [headSha, conclusion])).toEqual([
      [pulls()[0]?.pull?.head.sha, 'success'],
    ]);
  });
});

describe('the way down', () => {
  it('takes the place of the way up, and holds the agent meanwhile', async () => {
    await decide('approved', 20);
    await weigh();
    expect(await hold()).toBeNull();
    await decide('rejected', 3);
    expect(await hold()).toBe('streak');
    await weigh();
    await weigh();
    expect(shown()).toEqual([
      'Set the autonomy of writer to auto: closed',
      'Set the autonomy of writer to comment-only: open',
    ]);
    expect(pulls()[1]?.body).toContain('people rejected it several times in a row');
    expect(await fileOf('muster/autonomy/writer')).toBe(CONFIG.replace('gated', 'comment-only'));
  });

  it('is taken by one revert, and the hold lifted when people accept again', async () => {
    await decide('approved', 2);
    await decide('reverted', 1);
    expect(await hold()).toBe('revert');
    await weigh();
    expect(shown()).toEqual(['Set the autonomy of writer to comment-only: open']);
    await decide('approved', 5);
    expect(await hold()).toBeNull();
  });

  it('lifts the hold when the rung is changed, whoever changed it', async () => {
    await weigh();
    await decide('rejected', 3);
    await configure(CONFIG.replace('gated', 'comment-only'));
    await weigh();
    expect(pulls()).toEqual([]);
    await configure(CONFIG);
    await weigh();
    expect(await hold()).toBeNull();
    expect(pulls()).toEqual([]);
  });

  it('is proposed again for a new reason after a person closed it', async () => {
    await decide('rejected', 3);
    await weigh();
    await app.simulator.as('octo').close(REPOSITORY, pulls()[0]?.number ?? 0);
    await decide('rejected', 1);
    await weigh();
    expect(pulls()).toHaveLength(1);
    await decide('approved', 5);
    await decide('reverted', 1);
    await weigh();
    expect(shown().at(-1)).toBe('Set the autonomy of writer to comment-only: open');
  });
});
