import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { savingsOf } from '../../src/costs/savings.ts';
import { costOf } from '../../src/costs/prices.ts';
import type { SpendLine } from '../../src/domain/run-view.ts';
import { NO_USAGE, type TokenUsage } from '../../src/domain/usage.ts';

const PRICES = {
  'compatible/small': { inputMicroUsd: 1_000_000, cachedMicroUsd: 100_000, outputMicroUsd: 4_000_000 },
  'compatible/large': { inputMicroUsd: 5_000_000, cachedMicroUsd: 500_000, outputMicroUsd: 20_000_000 },
};

function line(model: string, usage: Partial<TokenUsage>): SpendLine {
  const tokens = { ...NO_USAGE, ...usage };
  return { step: 'turn 1', model, usage: tokens, costMicroUsd: costOf(model, tokens, PRICES) ?? 0 };
}

const CACHED = { inputTokens: 10_000, cachedInputTokens: 8000, outputTokens: 500 };

describe('what was saved', () => {
  it('by caching is the cached input at the price of input, less what it cost', () => {
    const { byCachingMicroUsd } = savingsOf([line('compatible/small', CACHED)], [], PRICES);
    expect(byCachingMicroUsd).toBe(8000 - 800);
  });

  it('by the choice of models is the same tokens on the dearest tier, less what they cost', () => {
    const spend = [line('compatible/small', CACHED), line('compatible/large', { inputTokens: 1000 })];
    const onLarge = 2000 * 5 + 8000 * 0.5 + 500 * 20 + 1000 * 5;
    const paid = 2000 + 800 + 2000 + 5000;
    const tiers = ['compatible/small', 'compatible/large', 'compatible/unpriced'];
    expect(savingsOf(spend, tiers, PRICES).byModelChoiceMicroUsd).toBe(onLarge - paid);
  });

  it('is nothing on the dearest tier, without tiers, and by calls of which no tokens are known', () => {
    const dear = [line('compatible/large', { inputTokens: 1000 })];
    const lost = [{ ...line('compatible/small', {}), costMicroUsd: 90_000 }];
    for (const [spend, tiers] of [
      [dear, ['compatible/small', 'compatible/large']],
      [dear, []],
      [lost, ['compatible/large']],
    ] as const)
      expect(savingsOf(spend, tiers, PRICES)).toEqual({ byModelChoiceMicroUsd: 0, byCachingMicroUsd: 0 });
  });

  it('is never negative', () => {
    const model = fc.constantFrom('compatible/small', 'compatible/large', 'compatible/unpriced');
    const count = fc.nat(200_000);
    const spend = fc.array(
      fc
        .record({ model, input: count, cached: count, output: count })
        .map(({ input, cached, output, ...rest }) =>
          line(rest.model, { inputTokens: input, cachedInputTokens: cached, outputTokens: output }),
        ),
    );
    fc.assert(
      fc.property(spend, fc.array(model), (lines, tiers) => {
        const { byModelChoiceMicroUsd, byCachingMicroUsd } = savingsOf(lines, tiers, PRICES);
        expect(Math.min(byModelChoiceMicroUsd, byCachingMicroUsd)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
