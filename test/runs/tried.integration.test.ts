import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MusterError } from '../../src/domain/errors.ts';
import { endOfError, endWithoutProposals } from '../../src/runs/stages/ends.ts';
import { callModel } from '../../src/runs/stages/model-call.ts';
import { settleRun, type RunEnd } from '../../src/runs/stages/settle.ts';
import type { Session } from '../../src/runs/session.ts';
import { agentFile } from '../e2e/support/replies.ts';
import { aWorked, openStageBench, REPOSITORY, type StageBench } from './stage-bench.ts';

let failure = new MusterError('model_unavailable', 'the model is overloaded', { isRetryable: true });
let bench: StageBench;
beforeAll(async () => {
  bench = await openStageBench(
    { '.github/agents/fixer.md': agentFile('fixer', '{ comment: 1 }') },
    { generate: async () => Promise.reject(failure) },
  );
});
afterAll(async () => bench.close());

async function open() {
  const { number } = await bench.simulator.as('octo').openIssue(REPOSITORY, { title: 'Zero' });
  const opened = await bench.open('fixer', { kind: 'issue', number });
  await opened.session.change({ state: 'working' });
  return { ...opened, number };
}

/** A step of that key, which fails. */
async function ask(key: string) {
  const { session, prepared } = await open();
  const request = { model: prepared.model, purpose: 'work', agent: 'fixer', instructions: 'Do it.' } as const;
  const messages = [{ role: 'user' as const, text: 'Now.' }];
  const step = { key, kind: 'turn' } as const;
  const call = callModel(session, prepared, step, { ...request, messages, tools: [], output: null });
  return { session, error: await call.catch((error: unknown) => error) };
}

async function triedBy(session: Session, end: RunEnd | null): Promise<string[] | undefined> {
  if (end === null) throw new Error('no end');
  await settleRun(session, end);
  return session.view.failure?.tried;
}

describe('a failure says what was tried', () => {
  it('of a model: how often it was asked, and over how long, for the step that failed', async () => {
    const { session, error } = await ask('turn-1');
    expect(error).toBe(failure);
    expect(await triedBy(session, endOfError(error))).toEqual([
      expect.stringMatching(/^anthropic\/claude-sonnet-4-5 was asked 5 times in \S+ \w+ \(turn 1\)$/),
    ]);
    const comments = await bench.github.listComments(session.run.request.subject.number, null);
    expect(comments.at(-1)?.body).toContain('- tried: anthropic/claude-sonnet-4-5 was asked 5 times in ');
  });

  it('of a judge: that it was asked again', async () => {
    failure = new MusterError('model_authentication', 'the key is wrong');
    const { session, error } = await ask('judge-1-again');
    expect(await triedBy(session, endOfError(error))).toEqual([
      'anthropic/claude-sonnet-4-5 was asked once (judge 1 again)',
      'the judge was asked again: its first answer could not be read',
    ]);
  });

  it('of GitHub: that it refused for good, or for how long it was tried', async () => {
    const refused = await open();
    const forbidden = new MusterError('github_forbidden', 'the App may not read issues');
    expect(await triedBy(refused.session, endOfError(forbidden))).toEqual([
      'GitHub was asked once, as it would say the same again',
    ]);
    const { session } = await open();
    const { runId } = session.run.request;
    await bench.database.statement(
      'system',
      "UPDATE runs SET failing_since = now() - interval '125 minutes' WHERE run_id = $1",
      [runId],
    );
    const away = new MusterError('github_unavailable', 'GitHub answers 503', { isRetryable: true });
    expect(await triedBy(session, endOfError(away))).toEqual(['all of it again and again, for 2 h 05 min']);
  });

  /** A run that failed on effects, of which these rows are stored: a kind, a key, and when it was tried, in seconds. */
  async function brokenBy(rows: [kind: string, key: string, from: number, to: number][], retriedAt?: number) {
    const { session } = await open();
    const { tenant, runId } = session.run.request;
    for (const [kind, key, from, to] of rows)
      await bench.database.statement(
        'system',
        `INSERT INTO effects (tenant_id, run_id, key, kind, state, intent, attempt, intended_at, settled_at)
         SELECT $1, $2, $3 || state, $4, state, '', 1, to_timestamp($5), to_timestamp($6)
         FROM unnest(ARRAY['unknown', 'verified']) state`,
        [tenant.id, runId, key, kind, from, to],
      );
    if (retriedAt !== undefined)
      await bench.database.statement(
        'system',
        `INSERT INTO signals (tenant_id, run_id, signal_id, kind, payload, consumed_at, outcome)
         VALUES ($1, $2, 's', 'retry', '{}', to_timestamp($3), 'retried')`,
        [tenant.id, runId, retriedAt],
      );
    await session.nextRound();
    const report = { kind: 'publishing', message: 'm', tried: [], next: 'n' };
    return triedBy(session, { state: 'failed', reason: 'm', failure: report });
  }

  it('of effects: how long each that failed in this round was tried', async () => {
    expect(
      await brokenBy([
        ['comment', 'r0/', 0, 30],
        ['pull_request', 'r1/', 0, 61],
      ]),
    ).toEqual(['pull request, for 1 min 01 s']);
  });

  it('of effects after a retry: only what it tried, and for how long itself', async () => {
    expect(
      await brokenBy(
        [
          ['comment', 'r1/a', 0, 30],
          ['merge', 'r1/b', 0, 3 * 86_400 + 61],
        ],
        3 * 86_400,
      ),
    ).toEqual(['merge, for 1 min 01 s']);
  });

  it('of an agent: its turns, and that it was reminded', async () => {
    const { session } = await open();
    expect(await triedBy(session, endWithoutProposals(aWorked({ turns: 2 })))).toEqual([
      '2 turns of the agent',
      'it was reminded once to propose something, or to say that there is nothing',
    ]);
  });
});
