import { createHmac, randomUUID } from 'node:crypto';
import { SAMPLE_SECRET, type SampleWorld } from '../../../src/simulator/sample/world.ts';

/** Sends a body to the front as GitHub would, under an id of its own; gives the status. */
export async function sendSigned(
  world: SampleWorld,
  event: string,
  body: string,
  id: string = randomUUID(),
): Promise<number> {
  const signature = createHmac('sha256', SAMPLE_SECRET).update(body).digest('hex');
  const response = await fetch(world.app.webhookUrl ?? '', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
  });
  return response.status;
}
