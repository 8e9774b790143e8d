import { array, assert, constantFrom, oneof, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { storableJson } from '../../src/domain/json.ts';

const anyText = string({ unit: 'binary' });
const halves = constantFrom('\ud83d', '\ude00', '\0', '\\', '\\u0000', 'a', '"');
const hostile = oneof(
  anyText,
  array(halves).map((parts) => parts.join('')),
);

const parsed = (value: unknown): unknown => JSON.parse(storableJson(JSON.stringify(value)));

it('leaves nothing that PostgreSQL refuses, in keys or values', () => {
  assert(
    property(hostile, hostile, (key, text) => {
      const [name = '', value] =
        Object.entries(parsed({ [key]: [text] }) as Record<string, string[]>)[0] ?? [];
      for (const stored of [name, value?.[0] ?? '']) {
        expect(stored.isWellFormed()).toBe(true);
        expect(stored).not.toContain('\0');
      }
      expect(value?.[0]).toBe(text.toWellFormed().replaceAll('\0', '\ufffd'));
    }),
  );
});

it('leaves whole characters and backslashes alone', () => {
  const text = 'C:\\u0000 😀 \\\\ud83d';
  expect(parsed(text)).toBe(text);
});
