import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createTokenSeal } from '../../../src/adapters/octokit/token-seal.ts';

const newKey = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;

const KEY = newKey();
const TOKEN = `ghs_5_${'x'.repeat(400)}`;

describe('a sealed token', () => {
  it('is opened by every process that has the key, in whichever form', () => {
    const sealed = createTokenSeal(KEY).seal(TOKEN);
    const asPkcs8 = createPrivateKey(KEY).export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(createTokenSeal(asPkcs8).open(sealed)).toBe(TOKEN);
  });

  it('shows nothing of the token, nor that two are the same', () => {
    const { seal } = createTokenSeal(KEY);
    expect(seal(TOKEN)).not.toBe(seal(TOKEN));
    expect(Buffer.from(seal(TOKEN), 'base64url').toString('latin1')).not.toContain('ghs_');
  });

  it('is not opened with another key, nor once a bit of it has changed', () => {
    const { seal, open } = createTokenSeal(KEY);
    const sealed = seal(TOKEN);
    expect(createTokenSeal(newKey()).open(sealed)).toBeNull();
    for (const at of [0, 12, 40]) {
      const bytes = Buffer.from(sealed, 'base64url');
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      expect(open(bytes.toString('base64url'))).toBeNull();
    }
    for (const cut of ['', 'AAAA', sealed.slice(0, 30)]) expect(open(cut)).toBeNull();
  });
});
