import { afterEach, expect, it } from 'vitest';
import { convertManifest } from '../../../src/hosts/server/app-conversion.ts';
import { KEY, startStub, type Stub } from '../../adapters/octokit/stub-github.ts';

const APP = {
  id: 77,
  name: 'Muster x',
  html_url: 'https://github.example/apps/muster-x',
  pem: KEY.privateKey,
  webhook_secret: 'hook-secret',
};

let stub: Stub;

afterEach(() => stub.close());

it('makes credentials of GitHub’s answer', async () => {
  stub = await startStub(() => ({ status: 201, body: { ...APP, owner: { login: 'octo' } } }));
  expect(await convertManifest(stub.baseUrl, 'abc')).toEqual({
    credentials: { appId: 77, privateKey: KEY.privateKey, webhookSecret: 'hook-secret' },
    name: 'Muster x',
    url: 'https://github.example/apps/muster-x',
  });
});

it.each([
  ['a refusal', { status: 404, body: APP }],
  ['half an App', { status: 201, body: { ...APP, webhook_secret: null } }],
  ['no key', { status: 201, body: { ...APP, pem: 'x' } }],
  ['a page that is a script', { status: 201, body: { ...APP, html_url: 'javascript:alert(1)' } }],
])('refuses %s, without repeating it', async (_what, answer) => {
  stub = await startStub(() => answer);
  const error: unknown = await convertManifest(stub.baseUrl, 'abc').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'app_conversion_failed', value: answer.status });
  expect(String(error)).not.toMatch(/hook-secret|PRIVATE KEY/);
});

it.each([
  ['text', { status: 201, body: 'hello' }],
  ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: APP }],
])('fails on %s', async (_what, answer) => {
  stub = await startStub(() => answer);
  await expect(convertManifest(stub.baseUrl, 'abc')).rejects.toThrow();
});

it('keeps the code inside its part of the path', async () => {
  stub = await startStub(() => ({ status: 201, body: APP }));
  await convertManifest(stub.baseUrl, '../app?x');
  expect(stub.asked()).toEqual(['POST /app-manifests/..%2Fapp%3Fx/conversions']);
});
