import { describe, expect, it } from 'vitest';
import { createCappedOutput } from '../../../src/adapters/sandbox/capped-output.ts';

function collect(...chunks: string[]): string {
  const output = createCappedOutput();
  for (const chunk of chunks) output.add(Buffer.from(chunk));
  return output.text();
}

describe('createCappedOutput', () => {
  it('keeps short output as it is, whatever the chunks', () => {
    expect(collect('one\n', 'two\n')).toBe('one\ntwo\n');
  });

  it('keeps a character whole that stands across the end of the head', () => {
    const text = `${'a'.repeat(16 * 1024 - 1)}é and more`;
    expect(collect(text)).toBe(text);
  });

  it('cuts long output in the middle and says how much', () => {
    const text = collect('first\n', 'x'.repeat(200_000), '\nlast');
    expect(text.startsWith('first\n')).toBe(true);
    expect(text.endsWith('\nlast')).toBe(true);
    expect(text).toMatch(/\[cut: 134475 bytes of output in the middle\]/);
    expect(text.length).toBeLessThan(66_000);
  });

  it('holds a fixed amount of memory while a command floods it', () => {
    const output = createCappedOutput();
    const chunk = Buffer.alloc(64 * 1024, 'y');
    for (let index = 0; index < 2000; index += 1) output.add(chunk);
    expect(output.text().length).toBeLessThan(66_000);
  });
});
