import { afterEach, describe, expect, it } from 'vitest';
import { type RunningFront, startFront, WEBHOOK } from './running-front.ts';

let front: RunningFront;

afterEach(() => front.close());

describe('the other paths', () => {
  it.each([
    ['/healthz', 200, 'alive\n'],
    ['/readyz', 200, 'ready\n'],
    ['/metrics', 200, 'muster_runs_total 3\n'],
    ['/healthz?probe=1', 200, 'alive\n'],
    ['/nothing', 404, 'There is nothing here.\n'],
    ['/__proto__', 404, 'There is nothing here.\n'],
    ['//evil.example/%2e%2e', 404, 'There is nothing here.\n'],
  ])('GET %s is %i', async (path, status, text) => {
    front = await startFront();
    const response = await fetch(front.origin + path);
    expect([response.status, await response.text()]).toEqual([status, text]);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    ['GET', WEBHOOK, 'POST'],
    ['PUT', WEBHOOK, 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['DELETE', '/metrics', 'GET, HEAD'],
  ])('%s %s is 405 and says what is allowed', async (method, path, allow) => {
    front = await startFront();
    const response = await fetch(front.origin + path, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
  });

  it('HEAD answers without a body', async () => {
    front = await startFront();
    const response = await fetch(`${front.origin}/healthz`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it('is alive but not ready where the work can’t be done, or can’t be asked for', async () => {
    for (const isReady of [() => Promise.resolve(false), () => Promise.reject(new Error('no database'))]) {
      front = await startFront({ isReady });
      expect((await fetch(`${front.origin}/readyz`)).status).toBe(503);
      expect((await fetch(`${front.origin}/healthz`)).status).toBe(200);
      await front.close();
    }
  });

  it('hands everything else to the pages, and says nothing of what went wrong in them', async () => {
    front = await startFront({
      pages(request, response) {
        if (request.url === '/broken') return Promise.reject(new Error('secret stack'));
        response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>runs</h1>');
        return Promise.resolve(true);
      },
    });
    expect(await (await fetch(`${front.origin}/runs`)).text()).toBe('<h1>runs</h1>');
    const broken = await fetch(`${front.origin}/broken`);
    expect(broken.status).toBe(500);
    expect(await broken.text()).not.toMatch(/secret stack|at /);
  });

  it('keeps a connection for the next request', async () => {
    front = await startFront();
    const one = 'GET /healthz HTTP/1.1\r\nhost: muster\r\n\r\n';
    const last = 'GET /nothing HTTP/1.1\r\nhost: muster\r\nconnection: close\r\n\r\n';
    const answer = await front.exchange((write) => write(one + one.replace('healthz', 'nothing') + last));
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 404']);
  });
});
