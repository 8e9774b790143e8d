import { createHmac, timingSafeEqual } from 'node:crypto';

const FORM = /^sha256=[0-9a-f]{64}$/;

/**
 * True where `header` (`X-Hub-Signature-256`) is GitHub's HMAC-SHA256 of exactly these bytes, compared in
 * constant time. Any other form of it (SHA-1, several, no prefix, capitals) is false, and so is everything
 * under an empty secret.
 */
export function isSignedBy(secret: string, body: Uint8Array, header: string | undefined): boolean {
  if (secret === '' || header === undefined || header.length !== 71 || !FORM.test(header)) return false;
  const expected = createHmac('sha256', secret).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(header.slice(7), 'hex'));
}
