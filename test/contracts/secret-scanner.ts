import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SecretScanner } from '../../src/ports/secrets.ts';

/** What every scanner must do, whatever its rules: `create` gets the values that the process holds. */
export function secretScannerContract(
  name: string,
  create: (options: { ownSecrets: readonly string[] }) => SecretScanner,
): void {
  describe(`${name} keeps the contract of a secret scanner`, () => {
    const own = 'kX9-own/Value+with=Signs "7Qz"';
    const scanner = create({ ownSecrets: [own] });
    const isWholeFound = async (text: string, hidden: string): Promise<boolean> => {
      const start = text.indexOf(hidden);
      const findings = await scanner.scan(text);
      return findings.some((finding) => finding.start <= start && finding.end >= start + hidden.length);
    };

    it('finds nothing in an empty text and in prose', async () => {
      expect(await scanner.scan('')).toEqual([]);
      expect(await scanner.scan('The parser drops the last line when the file has no end of line.')).toEqual(
        [],
      );
    });

    it.each([
      ['raw', own],
      ['percent-encoded', encodeURIComponent(own)],
      [
        'percent-encoded in lower case',
        encodeURIComponent(own).replace(/%../g, (byte) => byte.toLowerCase()),
      ],
      ['escaped in JSON', JSON.stringify(own).slice(1, -1)],
      ['in hex', Buffer.from(own).toString('hex')],
    ])('finds a value of its own: %s', async (_form, written) => {
      expect(await isWholeFound(`before ${written} behind`, written)).toBe(true);
    });

    it.each([0, 1, 2, 3, 4])('finds a value of its own in base64 behind %i other bytes', async (offset) => {
      for (const alphabet of ['base64', 'base64url'] as const) {
        const written = Buffer.from(`${'x'.repeat(offset)}${own}tail`).toString(alphabet);
        expect(await isWholeFound(`data: ${written}.`, written)).toBe(true);
      }
    });

    it('finds a value of its own anywhere in any text, within the text', async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string(), async (before, after) => {
          const text = `${before} ${own} ${after}`;
          expect(await isWholeFound(text, own)).toBe(true);
          for (const { start, end } of await scanner.scan(text)) {
            expect(start).toBeGreaterThanOrEqual(0);
            expect(end).toBeGreaterThan(start);
            expect(end).toBeLessThanOrEqual(text.length);
          }
        }),
        { numRuns: 50 },
      );
    });

    it('counts in UTF-16 units', async () => {
      const text = `👩‍💻 é ${own}`;
      expect(await isWholeFound(text, own)).toBe(true);
    });
  });
}
