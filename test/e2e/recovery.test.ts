import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleRepository } from '../../src/simulator/sample/sample.ts';
import { agentFile, cassetteOf, turn } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

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

function trackingComments(issue: number): number {
  const { comments } = scene.issue(issue);
  return comments.filter((comment) => comment.body.includes('<!-- muster:run=')).length;
}

async function metric(name: string): Promise<number> {
  const url = new URL('/metrics', scene.world.app.webhookUrl ?? '');
  const text = await (await fetch(url)).text();
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

describe('what happened while the server was down', () => {
  it('is taken in when it comes back, once, and counted', async () => {
    await scene.down();
    const labelled = await opened();
    await scene.simulator.as('ada').label(REPOSITORY, labelled, 'agent:idler');
    const commented = await opened();
    scene.simulator.as('grace').comment(REPOSITORY, commented, '/agent idler');
    await scene.simulator.settled();
    await scene.up();
    await scene.reaches(labelled, 'done');
    await scene.reaches(commented, 'done');
    // Two issues, a label that is made and put on, a comment.
    expect(await metric('muster_deliveries_recovered_total')).toBe(5);
    // GitHub's own button for it comes too late to matter.
    const { webhooks } = scene.simulator;
    const failed = webhooks.deliveries.filter(({ statusCode }) => statusCode === 0);
    for (const delivery of failed) webhooks.redeliver(delivery);
    await scene.simulator.settled();
    expect([trackingComments(labelled), trackingComments(commented)]).toEqual([1, 1]);
    expect(scene.issue(labelled).labels).toEqual([]);
  });

  it('is taken in too where something in front of the server answered well for it', async () => {
    await scene.down();
    const issue = await opened();
    await scene.simulator.as('ada').label(REPOSITORY, issue, 'agent:idler');
    await scene.simulator.settled();
    for (const delivery of scene.simulator.webhooks.deliveries) {
      if (delivery.statusCode === 0) Object.assign(delivery, { status: 'OK', statusCode: 200 });
    }
    await scene.up();
    await scene.reaches(issue, 'done');
    expect(trackingComments(issue)).toBe(1);
  });
});
