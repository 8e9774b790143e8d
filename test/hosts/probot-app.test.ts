import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createProbotApp, createProbotFeed, type ReceivedEvent } from '../../src/hosts/probot-app.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

function feedInto(handle: (event: ReceivedEvent) => Promise<void>) {
  return createProbotFeed({
    credentials: { appId: 5, privateKey, webhookSecret: 'hook-secret' },
    baseUrl: 'http://127.0.0.1:1',
    app: createProbotApp(handle),
  });
}

describe('the Probot feed', () => {
  it.each(['issues', 'sub_issues', 'an_event_of_tomorrow', 'error'])(
    'hands %s to the one handler',
    async (name) => {
      const seen: ReceivedEvent[] = [];
      const feed = await feedInto((event) => {
        seen.push(event);
        return Promise.resolve();
      });
      const payload = { action: 'opened', installation: { id: 7 } };
      await feed.receive({ id: 'd1', name, payload });
      expect(seen).toEqual([{ id: 'd1', name, payload }]);
    },
  );

  it('resolves when the handler is done, not before', async () => {
    const order: string[] = [];
    const feed = await feedInto(async () => {
      await Promise.resolve();
      order.push('handled');
    });
    await feed.receive({ id: 'd1', name: 'push', payload: {} });
    order.push('received');
    expect(order).toEqual(['handled', 'received']);
  });

  it('throws what the handler threw, without the payload that Probot hangs on it', async () => {
    const thrown = new Error('no database');
    const feed = await feedInto(() => Promise.reject(thrown));
    await expect(feed.receive({ id: 'd1', name: 'push', payload: { text: 'private' } })).rejects.toBe(thrown);
    expect(thrown).not.toHaveProperty('event');
  });
});
