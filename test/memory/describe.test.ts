import { describe, expect, it } from 'vitest';
import { describeMemory } from '../../src/memory/describe.ts';
import { noteWith } from '../contracts/note-store.ts';
import { memoryWith } from './memory-store.ts';

describe('describeMemory', () => {
  it('says that there is nothing', async () => {
    expect(await describeMemory(await memoryWith([]), 1, '')).toBe('Nothing is remembered here yet.');
  });

  it('lists every note on one line, quarantined ones marked', async () => {
    const store = await memoryWith([
      noteWith({ id: 'n_a', text: 'One\n\n# two', sourceUrl: 'https://example.org/1' }),
      noteWith({ id: 'n_b', text: 'Three', trust: 'quarantined', author: 'eve' }),
    ]);
    expect(await describeMemory(store, 1, ' ')).toBe(
      '- `n_a` One # two — fact, by ada, 2026-11-01 ([source](https://example.org/1))\n' +
        '- `n_b` Three — fact, by eve, 2026-11-01, **in quarantine**',
    );
  });

  it('narrows down by a query, and says how many there are without a match', async () => {
    const store = await memoryWith([
      noteWith({ id: 'n_a', text: 'deploys' }),
      noteWith({ id: 'n_b', text: 'tests' }),
    ]);
    expect(await describeMemory(store, 1, 'deploy')).toMatch(/^- `n_a` deploys — [^\n]*$/);
    expect(await describeMemory(store, 1, 'coffee')).toBe('None of 2 notes matches.');
  });

  it('shows twenty at most, and counts the rest', async () => {
    const notes = Array.from({ length: 25 }, (_, index) => noteWith({ id: `n_${index}` }));
    const lines = (await describeMemory(await memoryWith(notes), 1, '')).split('\n');
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('- and 5 more: `/memory <query>` narrows it down');
  });
});
