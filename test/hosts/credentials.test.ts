import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCredentials, secretsOf, storeCredentials } from '../../src/hosts/credentials.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const COMPLETE = { appId: '5', privateKey, webhookSecret: 'hook-secret' };
const NONE = { appId: null, privateKey: null, webhookSecret: null };
const STORED = { appId: 6, privateKey, webhookSecret: 'stored-secret' };

let dataDirectory: string;

beforeEach(async () => {
  dataDirectory = path.join(await mkdtemp(path.join(tmpdir(), 'muster-')), 'data');
});

afterEach(() => rm(path.dirname(dataDirectory), { recursive: true }));

describe('readCredentials', () => {
  it('takes the environment’s when they are complete, whatever is stored', async () => {
    await storeCredentials(dataDirectory, STORED);
    expect(await readCredentials({ app: COMPLETE, dataDirectory })).toEqual({
      kind: 'complete',
      credentials: { appId: 5, privateKey, webhookSecret: 'hook-secret' },
      source: 'environment',
    });
  });

  it('takes the stored ones when the environment has none', async () => {
    await storeCredentials(dataDirectory, STORED);
    expect(await readCredentials({ app: NONE, dataDirectory })).toEqual({
      kind: 'complete',
      credentials: STORED,
      source: 'file',
    });
  });

  it('has none where there are none, not even a directory', async () => {
    expect(await readCredentials({ app: NONE, dataDirectory })).toEqual({ kind: 'none' });
  });

  it.each([
    [{ appId: null }, ['APP_ID']],
    [{ privateKey: null }, ['PRIVATE_KEY']],
    [{ webhookSecret: null }, ['WEBHOOK_SECRET']],
    [{ appId: null, webhookSecret: null }, ['APP_ID', 'WEBHOOK_SECRET']],
  ])('names what is missing of a part: %j', async (absent, missing) => {
    await storeCredentials(dataDirectory, STORED);
    const state = await readCredentials({ app: { ...COMPLETE, ...absent }, dataDirectory });
    expect(state).toEqual({ kind: 'incomplete', missing });
  });

  it.each([
    ['APP_ID', { appId: 'Iv1.abc' }],
    ['APP_ID', { appId: '0' }],
    ['PRIVATE_KEY', { privateKey: 'nonsense\n' }],
  ])('refuses an unusable %s and does not repeat it', async (name, wrong) => {
    const state = await readCredentials({ app: { ...COMPLETE, ...wrong }, dataDirectory });
    expect(state).toMatchObject({ kind: 'invalid', name });
    expect(JSON.stringify(state)).not.toContain('nonsense');
  });

  it.each(['', '{', '[]', '{"appId":6}', JSON.stringify({ ...STORED, privateKey: 'x' })])(
    'refuses a stored file that holds %j',
    async (text) => {
      await storeCredentials(dataDirectory, STORED);
      await writeFile(path.join(dataDirectory, 'app.json'), text);
      expect(await readCredentials({ app: NONE, dataDirectory })).toMatchObject({ kind: 'invalid' });
    },
  );
});

describe('storeCredentials', () => {
  it('writes a file that only its owner reads, and nothing beside it', async () => {
    await storeCredentials(dataDirectory, STORED);
    await storeCredentials(dataDirectory, { ...STORED, appId: 7 });
    expect(await readdir(dataDirectory)).toEqual(['app.json']);
    expect((await stat(path.join(dataDirectory, 'app.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(dataDirectory)).mode & 0o777).toBe(0o700);
    expect(await readCredentials({ app: NONE, dataDirectory })).toMatchObject({ credentials: { appId: 7 } });
  });
});

it('tells what of stored credentials must never be shown', () => {
  const secrets = secretsOf(STORED);
  expect(secrets).toEqual(expect.arrayContaining([privateKey, 'stored-secret', privateKey.split('\n')[1]]));
  expect(secrets.every((secret) => secret.length >= 8)).toBe(true);
});
