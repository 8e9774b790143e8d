import { afterEach, describe, expect, it } from 'vitest';
import type { WebhookIntake } from '../../../src/hosts/server/webhook.ts';
import {
  BODY,
  intake,
  requestHead,
  type RunningFront,
  signedHeaders,
  startFront,
  WEBHOOK,
} from './running-front.ts';

const MAX_BYTES = 25 * 1024 * 1024;

let front: RunningFront;

afterEach(() => front.close());

describe('a delivery', () => {
  it('is answered 202 once it is stored, with its bytes as they came', async () => {
    front = await startFront();
    const response = await front.deliver();
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({
      delivery: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      state: 'stored',
    });
    expect(front.taken).toMatchObject([
      { name: 'issues', payload: { action: 'opened', issue: { number: 1 } } },
    ]);
    expect(front.taken[0]?.raw.toString()).toBe(BODY);
  });

  it('is answered 202 when it was there already', async () => {
    front = await startFront({ webhook: () => intake(() => Promise.resolve('duplicate')) });
    expect(await (await front.deliver()).json()).toMatchObject({ state: 'duplicate' });
  });

  it('is answered 503 when it could not be stored, without the reason', async () => {
    front = await startFront({ webhook: () => intake(() => Promise.reject(new Error('password=hunter2'))) });
    const response = await front.deliver();
    expect(response.status).toBe(503);
    expect(await response.text()).not.toMatch(/hunter2|at .*\.ts/);
  });

  it('is answered 503 while there is no App, and front.taken as soon as there is one', async () => {
    let webhook: WebhookIntake | null = null;
    front = await startFront({ webhook: () => webhook });
    expect((await front.deliver()).status).toBe(503);
    webhook = intake();
    expect((await front.deliver()).status).toBe(202);
  });

  it.each([
    [415, 'GitHub’s form encoding', { 'content-type': 'application/x-www-form-urlencoded' }],
    [415, 'text', { 'content-type': 'text/plain' }],
    [415, 'a type that only begins well', { 'content-type': 'application/json-patch+json' }],
    [415, 'a compressed body', { 'content-encoding': 'gzip' }],
    [400, 'no delivery id', { 'x-github-delivery': undefined }],
    [400, 'a delivery id that is none', { 'x-github-delivery': "1'; drop table inbox" }],
    [400, 'no event', { 'x-github-event': undefined }],
    [400, 'an event that is none', { 'x-github-event': 'ISSUES' }],
    [400, 'another event’s name', { 'x-github-event': 'issue_comment' }],
    [401, 'no signature', { 'x-hub-signature-256': undefined }],
    [401, 'an empty signature', { 'x-hub-signature-256': '' }],
    [401, 'another’s signature', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }],
  ])('is refused %i with %s', async (status, _what, changes) => {
    front = await startFront();
    const response = await front.deliver(BODY, changes);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.any(String) });
    expect(front.taken).toEqual([]);
  });

  it('may say its charset', async () => {
    front = await startFront();
    expect((await front.deliver(BODY, { 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(
      202,
    );
  });

  it.each(['', '{', 'null', '[]', '"x"', '{"issue":null}', '{"action":"opened"}', '['.repeat(100_000)])(
    'is refused 400 though it is signed: %.20s',
    async (body) => {
      front = await startFront();
      expect((await front.deliver(body)).status).toBe(400);
    },
  );

  it('is not parsed before its signature is checked', async () => {
    front = await startFront();
    expect((await front.deliver('{', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` })).status).toBe(
      401,
    );
  });

  it('with keys of prototypes changes no object here', async () => {
    front = await startFront();
    const body =
      '{"action":"opened","issue":{"__proto__":{"polluted":1}},"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    expect((await front.deliver(body)).status).toBe(202);
    expect({}).not.toHaveProperty('polluted');
    expect(front.taken[0]?.payload.polluted).toBeUndefined();
  });
});

describe('a body that is too large', () => {
  it('is refused by its length before a byte of it is read', async () => {
    front = await startFront();
    const head = requestHead(signedHeaders('', { 'content-length': String(200 * 1024 * 1024) }));
    const answer = await front.exchange((write) => write(head));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/connection: close/i);
  });

  it('is refused before it is sent where the sender asks first', async () => {
    front = await startFront();
    const headers = signedHeaders('', { 'content-length': String(MAX_BYTES + 1), expect: '100-continue' });
    const answer = await front.exchange((write) => write(requestHead(headers)));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('is cut off at the limit where it has no length', async () => {
    front = await startFront();
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    const answer = await front.exchange((write) => {
      write(requestHead(signedHeaders('', { 'transfer-encoding': 'chunked' })));
      // More than the server throws away would reset the connection, at times before the answer is read.
      for (; sent < 26; sent += 1) {
        write(`${chunk.length.toString(16)}\r\n`);
        write(chunk);
        write('\r\n');
      }
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(front.taken).toEqual([]);
  });

  it('may be as large as GitHub’s largest', async () => {
    front = await startFront();
    const body = JSON.stringify({ action: 'opened', issue: {}, pad: 'x'.repeat(MAX_BYTES - 100) });
    expect((await front.deliver(body)).status).toBe(202);
  });

  it('cannot hide behind a length that lies', async () => {
    front = await startFront();
    const headers = signedHeaders(BODY, { 'content-length': '5', connection: 'close' });
    const answer = await front.exchange((write) => write(requestHead(headers) + BODY));
    expect(answer).toMatch(/^HTTP\/1\.1 40[01] /);
    expect(front.taken).toEqual([]);
  });
});

describe('a slow sender', () => {
  const limits = { headersMs: 50, requestMs: 100 };

  it('is cut off while it still writes its headers', async () => {
    front = await startFront({ limits });
    const answer = await front.exchange((write) => write(`POST ${WEBHOOK} HTTP/1.1\r\nhost: mus`));
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('is cut off while it still writes its body', async () => {
    front = await startFront({ limits });
    const headers = signedHeaders(BODY, { 'content-length': String(BODY.length) });
    const answer = await front.exchange((write) => write(requestHead(headers) + BODY.slice(0, 5)));
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(front.taken).toEqual([]);
  });

  it('that leaves half-way leaves nothing behind', async () => {
    front = await startFront();
    const headers = signedHeaders(BODY, { 'content-length': String(BODY.length) });
    await front.abandon(requestHead(headers) + BODY.slice(0, 5));
    expect((await front.deliver()).status).toBe(202);
    expect(front.taken).toHaveLength(1);
  });
});
