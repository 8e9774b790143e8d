import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteFor, type QuoteFacts } from '../../src/costs/quote.ts';

function quote(overrides: Partial<QuoteFacts> = {}) {
  return quoteFor({
    model: 'anthropic/claude-sonnet-4-5',
    promptTokens: 8000,
    maxTurns: 30,
    history: [],
    capMicroUsd: 500_000,
    overrides: {},
    ...overrides,
  });
}

describe('quoteFor', () => {
  it('takes P10 and P90 of at least five past runs', () => {
    const history = [90, 20, 30, 100, 50, 60, 10, 80, 70, 40].map((cents) => cents * 1000);
    expect(quote({ history })).toEqual({ lowMicroUsd: 10_000, highMicroUsd: 90_000, capMicroUsd: 500_000 });
  });

  it('leaves the history in its order', () => {
    const history = [3, 1, 2, 5, 4];
    quote({ history });
    expect(history).toEqual([3, 1, 2, 5, 4]);
  });

  it('estimates where fewer runs are known', () => {
    expect(quote({ history: [1, 1, 1, 1] })).toEqual(quote());
  });

  it('estimates turns over a growing context that is read from the cache', () => {
    // First turn 8,000 written; each later one 2,500 written, the rest read; 500 out each.
    const turns = (count: number) => {
      let micro = 8000 * 3.75 + 500 * 15;
      for (let turn = 1; turn < count; turn += 1) {
        micro += (8000 + (turn - 1) * 2500) * 0.3 + 2500 * 3.75 + 500 * 15;
      }
      return micro;
    };
    expect(quote()).toEqual({ lowMicroUsd: turns(3), highMicroUsd: turns(18), capMicroUsd: 500_000 });
  });

  it('is unknown where the price is, whatever the past says', () => {
    expect(quote({ model: 'compatible/qwen3', history: [1, 2, 3, 4, 5] })).toBeNull();
  });

  it('is in order and within the cap', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2_000_000 }), { maxLength: 20 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: 0, max: 200_000 }),
        fc.integer({ min: 1, max: 100 }),
        (history, capMicroUsd, promptTokens, maxTurns) => {
          const result = quote({ history, capMicroUsd, promptTokens, maxTurns });
          expect(result?.lowMicroUsd).toBeLessThanOrEqual(result?.highMicroUsd ?? -1);
          expect(result?.highMicroUsd).toBeLessThanOrEqual(capMicroUsd);
        },
      ),
    );
  });
});
