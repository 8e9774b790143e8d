import { createHash } from 'node:crypto';
import { canonicalJson } from './json.ts';

/** SHA-256 in hex of a text or of bytes. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** SHA-256 in hex of a value's canonical JSON: equal values, equal digest, whatever the key order. */
export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value));
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** The first `length` characters of a SHA-256 in base32 (`a-z2-7`), five bits a character. */
export function base32Digest(content: string, length: number): string {
  const bytes = createHash('sha256').update(content).digest();
  let text = '';
  for (let index = 0; index < length; index += 1) {
    const bit = index * 5;
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    text += BASE32[(pair >> (11 - (bit & 7))) & 31];
  }
  return text;
}
