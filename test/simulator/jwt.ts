import { createSign } from 'node:crypto';

/** An App's JWT as `universal-github-app-jwt` makes it: backdated, for ten minutes at most. */
export function appJwt(
  issuer: number | string,
  privateKey: string,
  now: Date,
  times: { iat?: number; exp?: number } = {},
): string {
  const seconds = Math.floor(now.getTime() / 1000);
  const claims = { iss: issuer, iat: seconds - 60, exp: seconds + 540, ...times };
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${createSign('RSA-SHA256').update(content).sign(privateKey, 'base64url')}`;
}
