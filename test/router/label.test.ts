import { describe, expect, it } from 'vitest';
import { runIdFor } from '../../src/domain/trigger.ts';
import {
  BOT,
  catalogue,
  EVE,
  labeledPayload,
  MUSTER,
  ISSUE,
  PULL_REQUEST,
  RECENTLY,
  routed,
} from './factories.ts';

const LONG_AGO = '2026-11-15T11:59:00Z';
const labelEvent = { id: 900, actor: { id: 1, login: 'ada', isBot: false }, createdAt: RECENTLY };

describe('a label', () => {
  it('starts its agent, with the issue as instruction and the label event as its key', async () => {
    const [run, ...more] = await routed('issues', labeledPayload('agent:triager'), { labelEvent });
    expect(more).toEqual([]);
    expect(run).toEqual({
      kind: 'run',
      react: 'I_12',
      label: 'agent:triager',
      order: {
        runId: runIdFor(100, 'agent:triager', 'label:900'),
        tenant: { id: 100, owner: 'acme', name: 'shop', installationId: 5 },
        subject: { kind: 'issue', number: 12 },
        work: { kind: 'agent', name: 'triager' },
        trigger: {
          kind: 'label',
          key: 'label:900',
          actor: { id: 1, login: 'ada', isBot: false },
          at: RECENTLY,
          summary: 'label `agent:triager` by @ada',
        },
        requester: { id: 1, login: 'ada', isBot: false },
        instruction: { text: 'It breaks on Mondays.', source: 'issue_body' },
        isDryRun: false,
        overrides: {},
      },
    });
  });

  it('starts a flow on a pull request', async () => {
    const { issue: _issue, ...body } = labeledPayload('flow:build', { pull_request: PULL_REQUEST });
    expect(await routed('pull_request', body, { labelEvent })).toMatchObject([
      {
        kind: 'run',
        react: 'PR_7',
        order: { subject: { kind: 'pull_request', number: 7 }, work: { kind: 'flow' } },
      },
    ]);
  });

  it('has a key of the payload where GitHub lists no label event', async () => {
    expect(await routed('issues', labeledPayload('agent:triager'))).toMatchObject([
      { kind: 'run', order: { trigger: { key: 'label:12:agent:triager:2026-11-22T11:59:00.000Z' } } },
    ]);
  });

  it('is refused where GitHub says that someone else put it on', async () => {
    const someone = { ...labelEvent, actor: { id: 2, login: 'bob', isBot: false } };
    expect(await routed('issues', labeledPayload('agent:triager'), { labelEvent: someone })).toEqual([
      { kind: 'refused', nodeId: 'I_12', reason: 'GitHub says that bob put the label on' },
    ]);
  });

  it('is refused below the threshold, and costs no more than asking', async () => {
    const body = labeledPayload('agent:triager', { sender: EVE });
    expect(await routed('issues', body)).toEqual([
      { kind: 'refused', nodeId: 'I_12', reason: 'eve has read; to start needs write' },
    ]);
  });

  it.each(['bug', 'agent', 'agents:triager', 'Agent:triager', 'my agent:triager'])(
    '%j starts nothing',
    async (label) => {
      expect(await routed('issues', labeledPayload(label))).toMatchObject([{ kind: 'ignored' }]);
    },
  );

  it('does not make an instruction of the text of someone below the threshold, of a bot, or of ours', async () => {
    for (const user of [EVE, BOT, MUSTER, null]) {
      const body = labeledPayload('agent:triager', { issue: { ...ISSUE, user } });
      const levels = { ada: 'write', 'renovate[bot]': 'admin', 'muster[bot]': 'admin' } as const;
      expect(await routed('issues', body, { labelEvent, levels })).toMatchObject([
        { kind: 'run', order: { instruction: null } },
      ]);
    }
  });

  it('is refused when it is older than seven days', async () => {
    const body = labeledPayload('agent:triager', { issue: { ...ISSUE, updated_at: LONG_AGO } });
    expect(await routed('issues', body)).toMatchObject(
      [{ kind: 'refused', reason: /seven days/ }].map(matching),
    );
    const old = { ...labelEvent, createdAt: LONG_AGO };
    expect(await routed('issues', labeledPayload('agent:triager'), { labelEvent: old })).toMatchObject([
      { kind: 'refused' },
    ]);
  });

  it('of ours, or of a bot that is not listed, triggers nothing', async () => {
    for (const sender of [MUSTER, { ...MUSTER, login: 'Muster[bot]' }, BOT]) {
      const [first] = await routed('issues', labeledPayload('agent:triager', { sender }), { labelEvent });
      expect(first?.kind).toBe('ignored');
    }
  });

  it.each(['renovate[bot]', 'Renovate'])('of a bot that is listed as %s starts a run', async (login) => {
    const body = labeledPayload('agent:triager', { sender: BOT });
    const world = { catalogue: catalogue({}, { bots: [login] }) };
    expect(await routed('issues', body, world)).toMatchObject([{ kind: 'run' }]);
  });

  it('of a person is not let in by the list of bots', async () => {
    const body = labeledPayload('agent:triager', { sender: EVE });
    const world = { catalogue: catalogue({}, { bots: ['eve'] }) };
    expect(await routed('issues', body, world)).toMatchObject([{ kind: 'refused' }]);
  });
});

describe('what can be started', () => {
  it('names the agents that are near when there is none of that name', async () => {
    expect(await routed('issues', labeledPayload('agent:Triagr'), { labelEvent })).toEqual([
      {
        kind: 'answer',
        subject: { kind: 'issue', number: 12 },
        text: 'There is no agent `Triagr`. Did you mean `triager`? `/agents` lists what there is.',
        onceKey: null,
      },
    ]);
  });

  it('never repeats a name that could mention, link or format', async () => {
    const [answer] = await routed('issues', labeledPayload('agent:`@acme/all` <img>'), { labelEvent });
    expect(answer).toMatchObject({ kind: 'answer', text: expect.stringContaining('no agent that name') });
  });

  it('says the line of an invalid configuration, once a subject, and starts nothing', async () => {
    const problem = { file: '.github/muster.yml', line: 3, key: 'gate', expected: 'expected x' };
    const world = { labelEvent, catalogue: catalogue({ configProblems: [problem] }) };
    const [answer] = await routed('issues', labeledPayload('agent:triager'), world);
    expect(answer).toMatchObject({
      kind: 'answer',
      text: 'The configuration is invalid, so nothing was started: .github/muster.yml:3: `gate`: expected x',
      onceKey: expect.stringMatching(/^invalid:/),
    });
  });

  it('does not fall back on the built-in agent where the own file of that name is invalid', async () => {
    const problems = [{ file: '.github/agents/triager.md', line: 1, key: 'on', expected: 'expected x' }];
    const world = {
      labelEvent,
      catalogue: catalogue({ broken: [{ kind: 'agent', name: 'triager', problems }] }),
    };
    expect(await routed('issues', labeledPayload('agent:triager'), world)).toMatchObject([
      { kind: 'answer' },
    ]);
    expect(await routed('issues', labeledPayload('agent:code-reviewer'), world)).toMatchObject([
      { kind: 'run' },
    ]);
  });

  it('says that an agent is switched off, and runs one dry that is set so', async () => {
    const off = { triager: { enabled: false, autonomy: null, model: null } };
    const dry = { triager: { enabled: true, autonomy: 'dry-run' as const, model: null } };
    const body = labeledPayload('agent:triager');
    expect(await routed('issues', body, { catalogue: catalogue({}, { agents: off }) })).toMatchObject([
      { kind: 'answer', text: expect.stringContaining('agents.triager.enabled') },
    ]);
    expect(await routed('issues', body, { catalogue: catalogue({}, { agents: dry }) })).toMatchObject([
      { kind: 'run', order: { isDryRun: true } },
    ]);
  });
});

function matching(value: { kind: string; reason: RegExp }): unknown {
  return { ...value, reason: expect.stringMatching(value.reason) };
}
