import { createPrivateKey, createPublicKey, verify } from 'node:crypto';
import { expect, it } from 'vitest';
import { createAppJwt } from '../../../src/adapters/octokit/app-jwt.ts';
import { KEY } from './stub-github.ts';

const NOW = Date.UTC(2026, 0, 1);

function claimsOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
}

it('backdates the token by a minute and ends it within GitHub’s ten', () => {
  const claims = claimsOf(createAppJwt({ appId: 5, privateKey: KEY.privateKey }, () => NOW)());
  expect(claims).toEqual({ iat: NOW / 1000 - 60, exp: NOW / 1000 + 540, iss: '5' });
});

it('signs what the App’s public key verifies, from PKCS#1 and from PKCS#8', () => {
  const pkcs8 = createPrivateKey(KEY.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const privateKey of [KEY.privateKey, pkcs8]) {
    const [header, claims, signature = ''] = createAppJwt({ appId: 5, privateKey }, () => NOW)().split('.');
    const signed = Buffer.from(`${header}.${claims}`);
    const key = createPublicKey(KEY.publicKey);
    expect(verify('sha256', signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
  }
});

it('refuses a key that is none when it is made, not at the first call', () => {
  expect(() => createAppJwt({ appId: 5, privateKey: 'nonsense' }, () => NOW)).toThrow();
});
