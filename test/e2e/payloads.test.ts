import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SAMPLE_SECRET } from '../../src/simulator/sample/world.ts';
import { cassetteOf } from './support/replies.ts';
import { openScene, type Scene } from './support/scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ cassette: cassetteOf() });
});
afterAll(async () => scene.close());

const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
  name: string;
  examples: object[];
}[];
const payloads = examples.flatMap(({ name, examples: bodies }) => bodies.map((body) => ({ name, body })));

async function post(name: string, id: string, body: string): Promise<number> {
  const response = await fetch(scene.world.app.webhookUrl ?? '', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': name,
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${createHmac('sha256', SAMPLE_SECRET).update(body).digest('hex')}`,
    },
    body,
  });
  return response.status;
}

it('takes every example payload of GitHub, and handles each to a word', async () => {
  expect(payloads.length).toBeGreaterThanOrEqual(329);
  const statuses: number[] = [];
  for (const [index, { name, body }] of payloads.entries()) {
    statuses.push(await post(name, `example-${index}`, JSON.stringify({ ...body, installation: { id: 1 } })));
  }
  expect(statuses.filter((status) => status !== 202)).toEqual([]);
  const metrics = async () => (await fetch(new URL('/metrics', scene.world.app.webhookUrl ?? ''))).text();
  const counted = async () =>
    [...(await metrics()).matchAll(/^muster_deliveries_total\{.*\} (\d+)$/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  await scene.until('every delivery to be handled', async () => (await counted()) >= payloads.length);
  expect(await metrics()).not.toContain('outcome="failed"');
  const { status } = await fetch(new URL('/readyz', scene.world.app.webhookUrl ?? ''));
  expect(status).toBe(200);
});
