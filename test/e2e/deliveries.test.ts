import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleRepository } from '../../src/simulator/sample/sample.ts';
import { agentFile, cassetteOf, turn } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';
import { sendSigned } from './support/signed-delivery.ts';

const EIGHT_DAYS_MS = 8 * 86_400_000;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    files: { '.github/agents/idler.md': agentFile('idler', '{ comment: 1 }') },
    cassette: cassetteOf(turn('idler', 0, [['noop', { reason: 'nothing to do' }]]), turn('idler', 1, [])),
  });
});
afterAll(async () => scene.close());

async function opened(): Promise<number> {
  const { issue } = sampleRepository();
  return (await scene.simulator.as('ada').openIssue(REPOSITORY, issue)).number;
}

function runsOn(issue: number): number {
  const { comments } = scene.issue(issue);
  return comments.filter((comment) => comment.body.includes('<!-- muster:run=')).length;
}

const send = async (event: string, body: string) => sendSigned(scene.world, event, body);

/** The newest body of that event and action that says `text`. */
function bodyOf(event: string, action: string, text: string): string {
  const { deliveries } = scene.simulator.webhooks;
  const found = deliveries.findLast(
    (delivery) => delivery.event === event && delivery.action === action && delivery.body.includes(text),
  );
  if (found === undefined) throw new Error(`no ${event}.${action} says ${text}`);
  return found.body;
}

/** Resolves when all that was delivered so far has been worked off: with the issue of a run asked for now. */
async function workedOff(): Promise<number> {
  await scene.simulator.settled();
  const issue = await opened();
  await scene.simulator.as('ada').label(REPOSITORY, issue, 'agent:idler');
  await scene.reaches(issue, 'done');
  return issue;
}

describe('a delivery', () => {
  it('is one trigger under any number of ids, with the same body: label, command', async () => {
    const issue = await opened();
    await scene.simulator.as('ada').label(REPOSITORY, issue, 'agent:idler');
    await scene.reaches(issue, 'done');
    const labeled = bodyOf('issues', 'labeled', 'agent:idler');
    expect(await Promise.all([send('issues', labeled), send('issues', labeled)])).toEqual([202, 202]);
    await workedOff();
    expect(runsOn(issue)).toBe(1);

    scene.simulator.as('grace').comment(REPOSITORY, issue, '/agent idler');
    await scene.until('the second run', () => runsOn(issue) === 2);
    await scene.simulator.settled();
    await send('issue_comment', bodyOf('issue_comment', 'created', '"/agent idler"'));
    await workedOff();
    expect(runsOn(issue)).toBe(2);
  });

  it('is a dispatch of its own where GitHub lists it, though its body came before', async () => {
    const issue = await opened();
    const { simulator } = scene;
    const dispatch = async () =>
      fetch(`${simulator.url}/repos/${REPOSITORY}/dispatches`, {
        method: 'POST',
        headers: { authorization: `token ${simulator.tokenFor('ada')}`, 'content-type': 'application/json' },
        body: JSON.stringify({ event_type: 'muster', client_payload: { agent: 'idler', issue } }),
      });
    expect((await dispatch()).status).toBe(204);
    await scene.reaches(issue, 'done');
    await dispatch();
    await scene.until('the second run', () => runsOn(issue) === 2);
    const bodies = simulator.webhooks.deliveries.filter(({ event }) => event === 'repository_dispatch');
    expect(new Set(bodies.map(({ body }) => body)).size).toBe(1);
  });

  it('starts nothing when it is older than seven days', async () => {
    const issue = await opened();
    scene.simulator.webhooks.dropNext(1);
    const comment = scene.simulator.as('grace').comment(REPOSITORY, issue, '/agent idler');
    const old = new Date(Date.now() - EIGHT_DAYS_MS).toISOString();
    const body = bodyOf('issue_comment', 'created', '"/agent idler"').replaceAll(comment.createdAt, old);
    expect(await send('issue_comment', body)).toBe(202);
    await scene.until('the refusal', () => comment.reactions.some(({ content }) => content === 'confused'));
    expect(runsOn(issue)).toBe(0);
  });

  it('may come after a later one: labelled after closed still runs, and says so', async () => {
    const issue = await opened();
    await scene.simulator.settled();
    scene.simulator.webhooks.hold();
    await scene.simulator.as('ada').label(REPOSITORY, issue, 'agent:idler');
    await scene.simulator.as('ada').close(REPOSITORY, issue);
    scene.simulator.webhooks.release('reversed');
    const comment = await scene.reaches(issue, 'done');
    expect(comment.body).toContain('The issue was closed already when this run started.');
    expect(runsOn(issue)).toBe(1);
  });

  it('that asks for a subject which is gone blocks nothing', async () => {
    const issue = await opened();
    await scene.simulator.settled();
    scene.simulator.webhooks.hold();
    await scene.simulator.as('ada').label(REPOSITORY, issue, 'agent:idler');
    scene.world.repository.issues.delete(issue);
    scene.simulator.webhooks.release();
    expect(runsOn(await workedOff())).toBe(1);
  });
});
