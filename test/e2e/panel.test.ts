import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CassetteReply } from '../../src/simulator/cassette.ts';
import { agentFile, cassetteOf, turn, verdict } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const BODY = 'It fails on Tuesdays.';

/** What the judge says to an agent's proposal, with the rubric as given and reversed; null says nothing of use. */
function judged(agent: string, asGiven: number | null, reversed: number | null): CassetteReply[] {
  const said = (score: number | null, first: string): CassetteReply => {
    const reply = verdict(agent, ['asked'], score ?? 0, BODY);
    const expects = [`Criteria:\n- ${first}`];
    return score === null
      ? { ...reply, expects, reply: { ...reply.reply, text: 'Fine!' } }
      : { ...reply, expects };
  };
  return [said(asGiven, 'asked'), said(reversed, 'safety')];
}

function commenter(agent: string): CassetteReply[] {
  return [turn(agent, 0, [['propose_comment', { body: `${agent}: ${BODY}` }]]), turn(agent, 1, [])];
}

let scene: Scene;
beforeAll(async () => {
  const agents = ['agreed', 'divided', 'muffled'];
  scene = await openScene({
    files: {
      '.github/muster.yml': 'budgets: { run: 0.50 }\njudge: { threshold: 0.7, panel: 2 }\n',
      ...Object.fromEntries(
        agents.map((name) => [`.github/agents/${name}.md`, agentFile(name, '{ comment: 1 }')]),
      ),
    },
    cassette: cassetteOf(
      ...agents.flatMap(commenter),
      turn('divided', 2, [['propose_comment', { body: `divided, again: ${BODY}` }]]),
      turn('divided', 3, []),
      ...judged('agreed', 0.9, 0.8),
      ...judged('divided', 1, 0.6),
      ...judged('muffled', 0.9, null),
      turn('triager', 0, [['noop', { reason: 'not now' }]]),
      turn('triager', 1, []),
    ),
  });
});
afterAll(async () => scene.close());

function tracking(issue: number, agent: string): string {
  const comments = scene.issue(issue).comments.map(({ body }) => body);
  return comments.find((body) => body.includes('<!-- muster:run=') && body.includes(`: \`${agent}\``)) ?? '';
}

async function ask(agent: string): Promise<number> {
  const issue = await scene.simulator.as('ada').openIssue(REPOSITORY, { title: `For ${agent}`, body: BODY });
  scene.simulator.as('ada').comment(REPOSITORY, issue.number, `/agent ${agent}`);
  return issue.number;
}

async function becomes(issue: number, agent: string, state: string): Promise<string> {
  return scene.until(`${agent} to be ${state}; it shows: ${tracking(issue, agent).slice(0, 400)}`, () => {
    const body = tracking(issue, agent);
    return new RegExp(`^### \\S+ ${state}`, 'm').test(body) ? body : null;
  });
}

describe('a panel of two orders', () => {
  it('publishes what both pass, and shows each of them', async () => {
    const issue = await ask('agreed');
    const body = await becomes(issue, 'agreed', 'done');
    expect(body).toContain('Judge: 0.85, threshold 0.70, agreement 100 %');
    expect(body).toMatch(/\| `openai\/gpt-5` \| as given \| 0\.90 \| 50 % \|/);
    expect(body).toMatch(/\| `openai\/gpt-5` \| other order 1 \| 0\.80 \| 50 % \|/);
    expect(body).toContain('| judge 1 |');
    expect(body).toContain('| judge 2 |');
    expect(body).toContain('(0 so far)');
  });

  it('asks a person where the two are at odds, however high their mean', async () => {
    const issue = await ask('divided');
    const body = await becomes(issue, 'divided', 'waiting');
    expect(body).toContain('Judge: 0.80, threshold 0.70, agreement 50 %');
    expect(body).toContain('the judges are divided');
    expect(scene.answers(issue)).toEqual([]);
  });

  it('has no verdict where one of the two says nothing of use', async () => {
    const issue = await ask('muffled');
    const body = await becomes(issue, 'muffled', 'waiting');
    expect(body).toContain('1 of 2 judges gave no verdict');
    expect(scene.answers(issue)).toEqual([]);
  });

  it('learns from a rework and from the rejection after it', async () => {
    const issue = await ask('divided');
    await becomes(issue, 'divided', 'waiting');
    scene.simulator.as('grace').comment(REPOSITORY, issue, '/rework say it again');
    const again = await scene.until('the second round', () => {
      const body = tracking(issue, 'divided');
      return body.includes('divided, again') ? body : null;
    });
    expect(again).toContain('(1 so far)');
    scene.simulator.as('grace').comment(REPOSITORY, issue, '/reject not that either');
    await becomes(issue, 'divided', 'rejected');
    const next = await ask('agreed');
    expect(await becomes(next, 'agreed', 'done')).toContain('(2 so far)');
  });
});
