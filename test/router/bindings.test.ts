import { describe, expect, it } from 'vitest';
import { readEvent } from '../../src/router/read-event.ts';
import { route } from '../../src/router/route.ts';
import {
  ADA,
  agent,
  catalogue,
  deps,
  EVE,
  ISSUE,
  labeledPayload,
  MUSTER,
  payload,
  RECENTLY,
  routed,
} from './factories.ts';

const LONG_AGO = '2026-11-15T11:59:00Z';
const labelEvent = { id: 900, actor: { id: 1, login: 'ada', isBot: false }, createdAt: RECENTLY };

describe('an event', () => {
  const opened = payload({ action: 'opened', issue: ISSUE, sender: EVE });

  it('starts every agent and flow that it is bound to, without requester or instruction', async () => {
    const world = {
      catalogue: catalogue({
        agents: [
          agent('triager', '{ on: { issues: [opened] } }'),
          agent('other', '{ on: issues }'),
          agent('none'),
        ],
        flows: [{ name: 'build', on: [{ event: 'issues', action: 'opened' }] }],
      }),
    };
    const asked = deps(world);
    const runs = await route(readEvent('issues', opened), asked);
    expect(runs).toMatchObject(
      ['agent:triager', 'agent:other', 'flow:build'].map((work) => ({
        kind: 'run',
        react: null,
        label: null,
        order: {
          subject: { kind: 'issue', number: 12 },
          work: { kind: work.split(':')[0], name: work.split(':')[1] },
          trigger: {
            kind: 'event',
            actor: { login: 'eve' },
            key: expect.stringMatching(/^event:issues\.opened:/),
          },
          requester: null,
          instruction: null,
        },
      })),
    );
    expect(new Set(runs.map((run) => (run.kind === 'run' ? run.order.runId : ''))).size).toBe(3);
    expect(asked.asked).toEqual([]);
  });

  it('gives the same run on a host without an installation', async () => {
    const { installation: _left, ...onRunner } = opened;
    const [app] = await routed('issues', opened);
    const [action] = await routed('issues', onRunner);
    expect(app?.kind === 'run' && action?.kind === 'run' && app.order.runId === action.order.runId).toBe(
      true,
    );
  });

  it.each([
    ['done by Muster', { sender: MUSTER }],
    ['another action', { action: 'edited' }],
    ['older than seven days', { issue: { ...ISSUE, updated_at: LONG_AGO } }],
  ])('%s starts nothing', async (_what, overrides) => {
    expect(await routed('issues', { ...opened, ...overrides })).toMatchObject([{ kind: 'ignored' }]);
  });

  it('does not start an agent that is switched off', async () => {
    const agents = { triager: { enabled: false, autonomy: null, model: null } };
    expect(await routed('issues', opened, { catalogue: catalogue({}, { agents }) })).toMatchObject([
      { kind: 'ignored' },
    ]);
  });

  it('of no issue gives a run without a subject', async () => {
    const push = payload({ ref: 'refs/heads/main', before: 'a', after: 'b', commits: [] });
    const world = { catalogue: catalogue({ agents: [agent('x', '{ on: push }')] }) };
    expect(await routed('push', push, world)).toMatchObject([{ kind: 'run', order: { subject: null } }]);
  });

  it('does not start by its binding what the label already starts', async () => {
    const world = { labelEvent, catalogue: catalogue({ agents: [agent('triager', '{ on: issues }')] }) };
    expect(await routed('issues', labeledPayload('agent:triager'), world)).toMatchObject([
      { kind: 'run', label: 'agent:triager' },
    ]);
  });
});

describe('a dispatch', () => {
  const dispatch = (client_payload: object, sender: object = ADA) =>
    payload({ action: 'muster', branch: 'main', client_payload, sender });

  it('starts what it names, for the delivery that it came with', async () => {
    const body = dispatch({ agent: 'triager', issue: 12, request: 'look' });
    expect(await route(readEvent('repository_dispatch', body, 'd-1'), deps())).toMatchObject([
      {
        kind: 'run',
        order: {
          subject: { kind: 'issue', number: 12 },
          trigger: { kind: 'api', key: 'api:d-1' },
          instruction: { text: 'look', source: 'api' },
        },
      },
    ]);
  });

  it('is refused below the threshold, and ignored where it names nothing', async () => {
    const agentPayload = { agent: 'triager', pull_request: 7 };
    expect(await routed('repository_dispatch', dispatch(agentPayload, EVE))).toMatchObject([
      { kind: 'refused' },
    ]);
    expect(await routed('repository_dispatch', dispatch({}))).toMatchObject([
      { kind: 'ignored', reason: expect.stringContaining('malformed: ') },
    ]);
  });
});
