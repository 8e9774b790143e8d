import { describe, expect, it } from 'vitest';
import {
  ADA,
  agent,
  BOT,
  buttonPayload,
  catalogue,
  EVE,
  MUSTER,
  NOW,
  payload,
  PULL_REQUEST,
  RECENTLY,
  reviewPayload,
  routed,
  suitePayload,
} from './factories.ts';

describe('a review of a pull request that Muster opened', () => {
  it('approves at its head', async () => {
    expect(await routed('pull_request_review', reviewPayload('approved'))).toEqual([
      {
        kind: 'signal',
        signal: 'approve',
        via: 'review',
        key: 'review:34',
        tenant: { id: 100, owner: 'acme', name: 'shop', installationId: 5 },
        actor: { id: 1, login: 'ada', isBot: false },
        level: 'write',
        at: RECENTLY,
        id: 34,
        pullRequest: 7,
        runIds: [],
        commitSha: 'abc1234',
        text: '',
        react: 'PRR_34',
      },
    ]);
  });

  it('sends it back with its text', async () => {
    const body = reviewPayload('changes_requested', { body: 'Keep the name.', commit_id: 'older' });
    expect(await routed('pull_request_review', body)).toMatchObject([
      { kind: 'signal', signal: 'rework', text: 'Keep the name.', commitSha: 'older' },
    ]);
  });

  it('approves nothing at another commit than the head', async () => {
    expect(
      await routed('pull_request_review', reviewPayload('approved', { commit_id: 'older' })),
    ).toMatchObject([{ kind: 'answer', text: expect.stringContaining('head is `abc1234`') }]);
  });

  it('counts its state once, and the other commands in its text', async () => {
    const body = reviewPayload('approved', { body: '/approve\n/cost' });
    expect(await routed('pull_request_review', body)).toMatchObject([
      { kind: 'signal', signal: 'approve' },
      { kind: 'command', key: 'review:34:1', command: { kind: 'cost' }, source: { kind: 'review', id: 34 } },
    ]);
  });

  it.each([
    ['of someone below the threshold is refused', EVE, 'refused'],
    ['of a bot is ignored, listed or not', BOT, 'ignored'],
    ['of ours is ignored', MUSTER, 'ignored'],
  ])('%s', async (_what, user, kind) => {
    const world = { catalogue: catalogue({}, { bots: ['renovate'] }) };
    const body = reviewPayload('approved', { user }, { sender: user });
    expect((await routed('pull_request_review', body, world)).map((next) => next.kind)).toEqual([kind]);
  });

  it('that is dismissed or edited says nothing by itself', async () => {
    for (const action of ['dismissed', 'edited']) {
      const body = reviewPayload('approved', {}, { action });
      expect(await routed('pull_request_review', body)).toMatchObject([{ kind: 'ignored' }]);
    }
  });
});

describe("a review of a person's pull request", () => {
  const world = { ownPullRequests: [] };

  it('is no command', async () => {
    expect(await routed('pull_request_review', reviewPayload('approved'), world)).toMatchObject([
      { kind: 'ignored', reason: expect.stringContaining('no command') },
    ]);
  });

  it('may carry commands in its text', async () => {
    const body = reviewPayload('commented', { body: '/agent code-reviewer again' });
    expect(await routed('pull_request_review', body, world)).toMatchObject([
      { kind: 'run', react: 'PRR_34', order: { trigger: { key: 'review:34:0' } } },
    ]);
  });
});

describe('a button', () => {
  it.each(['approve', 'reject', 'retry'])(
    '%s does what the command does, for the runs of the check',
    async (name) => {
      expect(await routed('check_run', buttonPayload(name))).toMatchObject([
        {
          kind: 'signal',
          signal: name,
          via: 'button',
          id: 21,
          pullRequest: 7,
          runIds: ['r_abcdefghij27', 'r_aaaaaaaaaaaa'],
          commitSha: 'abc1234',
          at: new Date(NOW).toISOString(),
          react: null,
        },
      ]);
    },
  );

  it.each([
    ["on another App's check", buttonPayload('approve', { app: { id: 1 } }), 'ignored'],
    ['of another name', buttonPayload('merge'), 'ignored'],
    ['on a check without a run', buttonPayload('approve', { external_id: 'x,r_1' }), 'ignored'],
    ['pressed by a bot', buttonPayload('approve', {}, { sender: BOT }), 'ignored'],
    ['pressed by someone below the threshold', buttonPayload('approve', {}, { sender: EVE }), 'refused'],
  ])('%s moves nothing', async (_what, body, kind) => {
    expect((await routed('check_run', body)).map((next) => next.kind)).toEqual([kind]);
  });

  it('moves nothing in the Action, which has no buttons', async () => {
    const [next] = await routed('check_run', buttonPayload('approve', { app: null }), { appId: null });
    expect(next?.kind).toBe('ignored');
  });
});

describe('red CI', () => {
  it('on the head of a pull request that Muster opened is passed on, though Muster pushed it', async () => {
    const body = suitePayload('failure', {}, { sender: MUSTER });
    expect(await routed('check_suite', body)).toEqual([
      {
        kind: 'ci',
        tenant: { id: 100, owner: 'acme', name: 'shop', installationId: 5 },
        pullRequest: 7,
        headSha: 'abc1234',
        key: 'ci:88:2026-11-22T11:59:00.000Z',
        at: '2026-11-22T11:59:00.000Z',
      },
    ]);
  });

  it.each([
    ['of our own checks', suitePayload('failure', { app: { id: 4711 } })],
    ['that is green', suitePayload('success')],
    ['that was cancelled', suitePayload('cancelled')],
    [
      "on a person's pull request",
      suitePayload('failure', { pull_requests: [{ number: 8, base: { repo: { id: 100 } } }] }),
    ],
    [
      'of another repository',
      suitePayload('failure', { pull_requests: [{ number: 7, base: { repo: { id: 101 } } }] }),
    ],
  ])('%s resumes nothing', async (_what, body) => {
    expect(await routed('check_suite', body)).toMatchObject([{ kind: 'ignored' }]);
  });

  it('on a commit of ours starts nothing that is bound to it', async () => {
    const world = { catalogue: catalogue({ agents: [agent('healer', '{ on: check_suite }')] }) };
    const kinds = async (sender: object) =>
      (await routed('check_suite', suitePayload('failure', {}, { sender }), world)).map(({ kind }) => kind);
    expect(await kinds(MUSTER)).toEqual(['ci']);
    expect(await kinds(ADA)).toEqual(['ci', 'run']);
  });

  it('reaches the Action as a workflow run', async () => {
    const { check_suite: suite, ...rest } = suitePayload('failure');
    expect(await routed('workflow_run', { ...rest, workflow_run: suite }, { appId: null })).toMatchObject([
      { kind: 'ci', pullRequest: 7 },
    ]);
    expect(await routed('workflow_run', { ...rest, workflow_run: suite })).toMatchObject([
      { kind: 'ignored' },
    ]);
  });
});

describe('changes around a run', () => {
  it('a push by a person to a pull request of ours is passed on, one by us is not', async () => {
    const body = payload({ action: 'synchronize', pull_request: PULL_REQUEST });
    expect(await routed('pull_request', body)).toMatchObject([
      { kind: 'pull_request', isOwn: true, event: { change: 'synchronize', headSha: 'abc1234' } },
    ]);
    expect(await routed('pull_request', { ...body, sender: MUSTER })).toMatchObject([{ kind: 'ignored' }]);
  });

  it.each(['transferred', 'privatized', 'publicized', 'renamed', 'deleted'])(
    'a repository that is %s is passed on',
    async (action) => {
      expect(await routed('repository', payload({ action }))).toMatchObject([
        { kind: 'lifecycle', event: { kind: 'repository', change: action } },
      ]);
    },
  );

  it('the App coming and going is passed on with the repositories', async () => {
    const repositories = [{ id: 100, name: 'shop', full_name: 'acme/shop' }];
    const gone = { action: 'deleted', installation: { id: 5 }, repositories, sender: ADA };
    const tenant = { id: 100, owner: 'acme', name: 'shop', installationId: 5 };
    expect(await routed('installation', gone)).toEqual([
      {
        kind: 'lifecycle',
        event: { kind: 'installation', change: 'deleted', installationId: 5, added: [], removed: [tenant] },
      },
    ]);
    const added = { action: 'added', installation: { id: 5 }, repositories_added: repositories, sender: ADA };
    expect(await routed('installation_repositories', added)).toMatchObject([
      { event: { change: 'added', added: [tenant], removed: [] } },
    ]);
  });
});
