import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSignedBy } from '../../../src/hosts/server/signature.ts';

const SECRET = 'a secret of this test';
const BODY = Buffer.from('{"zen":"keep it logically awesome ✓"}');
const HEX = createHmac('sha256', SECRET).update(BODY).digest('hex');

describe('isSignedBy', () => {
  it('accepts the signature of exactly these bytes', () => {
    expect(isSignedBy(SECRET, BODY, `sha256=${HEX}`)).toBe(true);
  });

  it('agrees with the example that GitHub publishes', () => {
    const header = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    expect(isSignedBy("It's a Secret to Everybody", Buffer.from('Hello, World!'), header)).toBe(true);
  });

  const sha1 = createHmac('sha1', SECRET).update(BODY).digest('hex');
  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['the prefix alone', 'sha256='],
    ['SHA-1', `sha1=${sha1}`],
    ['SHA-1 under the other name', `sha256=${sha1}`],
    ['no prefix', HEX],
    ['capitals', `sha256=${HEX.toUpperCase()}`],
    ['a digit less', `sha256=${HEX.slice(1)}`],
    ['a digit more', `sha256=${HEX}0`],
    ['a newline behind', `sha256=${HEX}\n`],
    ['a blank in front', ` sha256=${HEX}`],
    ['two', `sha256=${HEX}, sha256=${HEX}`],
    ['one changed digit', `sha256=${HEX.slice(0, -1)}${HEX.endsWith('0') ? '1' : '0'}`],
    ['no hex', `sha256=${'z'.repeat(64)}`],
  ])('refuses %s', (_what, header) => {
    expect(isSignedBy(SECRET, BODY, header)).toBe(false);
  });

  it('refuses another body and another secret', () => {
    expect(isSignedBy(SECRET, Buffer.concat([BODY, Buffer.from(' ')]), `sha256=${HEX}`)).toBe(false);
    expect(isSignedBy('development', BODY, `sha256=${HEX}`)).toBe(false);
  });

  it('accepts nothing under an empty secret', () => {
    const hex = createHmac('sha256', '').update(BODY).digest('hex');
    expect(isSignedBy('', BODY, `sha256=${hex}`)).toBe(false);
  });
});
