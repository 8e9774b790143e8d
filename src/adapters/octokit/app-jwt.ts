import { createPrivateKey, sign } from 'node:crypto';

const BACKDATED_S = 60;
const LIFETIME_S = 540;

export interface AppKey {
  appId: number;
  /** PEM, PKCS#1 or PKCS#8. */
  privateKey: string;
}

/**
 * A signer of the App's own tokens: RS256, issued a minute ago so that a clock that is ahead of GitHub's
 * doesn't matter, valid for nine minutes (GitHub takes ten). Throws where the key can't be read.
 */
export function createAppJwt({ appId, privateKey }: AppKey, now: () => number): () => string {
  const key = createPrivateKey(privateKey);
  const header = encode({ alg: 'RS256', typ: 'JWT' });
  return () => {
    const seconds = Math.floor(now() / 1000);
    const claims = encode({ iat: seconds - BACKDATED_S, exp: seconds + LIFETIME_S, iss: String(appId) });
    const signature = sign('sha256', Buffer.from(`${header}.${claims}`), key).toString('base64url');
    return `${header}.${claims}.${signature}`;
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
