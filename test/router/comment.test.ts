import { describe, expect, it } from 'vitest';
import { MusterError } from '../../src/domain/errors.ts';
import { runIdFor } from '../../src/domain/trigger.ts';
import { readEvent } from '../../src/router/read-event.ts';
import { route } from '../../src/router/route.ts';
import { BOT, catalogue, commentPayload, deps, EVE, ISSUE, MUSTER, RECENTLY, routed } from './factories.ts';

const LONG_AGO = '2026-11-15T11:59:00Z';

describe('a comment', () => {
  it('starts an agent with its request, and carries out what follows', async () => {
    const body = commentPayload('/agent triager look\ntwice\n/approve r_abcdefghij27\n/cost');
    expect(await routed('issue_comment', body)).toMatchObject([
      {
        kind: 'run',
        react: 'IC_55',
        label: null,
        order: {
          runId: runIdFor(100, 'agent:triager', 'comment:55:0'),
          trigger: { kind: 'command', key: 'comment:55:0', at: RECENTLY },
          instruction: { text: 'look\ntwice', source: 'command' },
        },
      },
      {
        kind: 'command',
        key: 'comment:55:1',
        command: { kind: 'approve', runId: 'r_abcdefghij27', maxMicroUsd: null },
        actor: { id: 1, login: 'ada' },
        level: 'write',
        subject: { kind: 'issue', number: 12 },
        source: { kind: 'comment', id: 55 },
        at: RECENTLY,
        react: 'IC_55',
      },
      { kind: 'command', key: 'comment:55:2', command: { kind: 'cost' } },
    ]);
  });

  it('without a request takes the instruction from the issue, whose author must pass', async () => {
    const issue = { ...ISSUE, user: EVE };
    expect(await routed('issue_comment', commentPayload('/agent triager'))).toMatchObject([
      { order: { instruction: { source: 'issue_body' } } },
    ]);
    expect(await routed('issue_comment', commentPayload('/agent triager', { issue }))).toMatchObject([
      { order: { instruction: null } },
    ]);
  });

  it('on a pull request has it as its subject', async () => {
    const issue = { ...ISSUE, pull_request: { url: 'x' } };
    expect(await routed('issue_comment', commentPayload('/help', { issue }))).toMatchObject([
      { subject: { kind: 'pull_request', number: 12 } },
    ]);
  });

  it('of someone who may not gets one refusal and no answer, whatever it says', async () => {
    const body = commentPayload('/agent nobody\n/approve nonsense\n/help', {}, EVE);
    const asked = deps();
    expect(await route(readEvent('issue_comment', body), asked)).toEqual([
      { kind: 'refused', nodeId: 'IC_55', reason: 'eve has read; to start needs write' },
    ]);
    expect(asked.asked).toEqual(['eve']);
  });

  it('of someone who may trigger but not approve gets both', async () => {
    const world = { catalogue: catalogue({}, { permission: { trigger: 'read', approve: 'maintain' } }) };
    expect(await routed('issue_comment', commentPayload('/approve\n/cost'), world)).toMatchObject([
      { kind: 'refused', reason: 'ada has write; to approve needs maintain' },
      { kind: 'command', command: { kind: 'cost' } },
    ]);
  });

  it('answers a malformed command with what works', async () => {
    expect(await routed('issue_comment', commentPayload('\n/approve soon'))).toEqual([
      {
        kind: 'answer',
        subject: { kind: 'issue', number: 12 },
        text: 'Line 2: `soon` is neither a run nor an amount, so nothing was approved. What works: `/approve`, `/approve <run>`, or either with `max=$2`.',
        onceKey: null,
      },
    ]);
  });

  it('of a listed bot may start, but neither steers nor approves', async () => {
    const body = commentPayload('/agent triager x\n/approve\n/cancel', {}, BOT);
    const routes = await routed('issue_comment', body, { catalogue: catalogue({}, { bots: ['renovate'] }) });
    expect(routes.map(({ kind }) => kind)).toEqual(['run', 'ignored']);
  });

  it.each([
    ['edited', commentPayload('/approve', { action: 'edited' })],
    ['deleted', commentPayload('/approve', { action: 'deleted' })],
    ['ours', commentPayload('/approve', {}, MUSTER)],
    ['sent by another account than its author', commentPayload('/approve', { sender: EVE })],
    ['without a command', commentPayload('I approve.')],
  ])('that is %s is ignored', async (_what, body) => {
    expect(await routed('issue_comment', body)).toMatchObject([{ kind: 'ignored' }]);
  });

  it('that our App posted in the name of a person is ignored', async () => {
    const body = commentPayload('');
    const comment = {
      ...(body.comment as object),
      body: '/approve',
      performed_via_github_app: { id: 4711 },
    };
    expect(await routed('issue_comment', { ...body, comment })).toMatchObject([{ kind: 'ignored' }]);
  });

  it('that is older than seven days is refused before anything is asked', async () => {
    const body = commentPayload('/approve');
    const comment = { ...(body.comment as object), created_at: LONG_AGO };
    const asked = deps();
    expect(await route(readEvent('issue_comment', { ...body, comment }), asked)).toMatchObject([
      { kind: 'refused', nodeId: 'IC_55' },
    ]);
    expect(asked.asked).toEqual([]);
  });
});

describe('permission that cannot be read', () => {
  const failing = (isRetryable: boolean) => ({
    ...deps(),
    github: {
      ...deps().github,
      permissionOf: () => Promise.reject(new MusterError('github_forbidden', 'no', { isRetryable })),
    },
  });

  it('refuses', async () => {
    expect(await route(readEvent('issue_comment', commentPayload('/approve')), failing(false))).toEqual([
      { kind: 'refused', nodeId: 'IC_55', reason: "GitHub doesn't say what ada may do" },
    ]);
  });

  it('is asked again later where that may help', async () => {
    await expect(
      route(readEvent('issue_comment', commentPayload('/approve')), failing(true)),
    ).rejects.toThrow('no');
  });
});
