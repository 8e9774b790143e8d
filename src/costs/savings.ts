import type { MicroUsd } from '../domain/money.ts';
import type { SpendLine } from '../domain/run-view.ts';
import { costOf, type PriceOverrides } from './prices.ts';

export interface Savings {
  byModelChoiceMicroUsd: MicroUsd;
  byCachingMicroUsd: MicroUsd;
}

/**
 * What a run's calls saved, never less than nothing. By caching: the cached input at the price of plain input, less
 * what it cost. By the choice of models: the same tokens on the dearest of the tiers, less what they cost. Calls of
 * which no tokens are known (cut off, and settled at their worst case) saved nothing.
 *
 * @param tiers `provider/model` of each; those without a price don't count.
 */
export function savingsOf(
  spend: readonly SpendLine[],
  tiers: readonly string[],
  overrides: PriceOverrides,
): Savings {
  const known = spend.filter(({ usage }) => usage.inputTokens + usage.outputTokens > 0);
  const paid = sum(known.map(({ costMicroUsd }) => costMicroUsd));
  const uncached = known.map(({ model, usage }) => {
    const plain = costOf(model, { ...usage, cachedInputTokens: 0 }, overrides);
    return (plain ?? 0) - (costOf(model, usage, overrides) ?? plain ?? 0);
  });
  const onTiers = tiers.map((tier) => sum(known.map(({ usage }) => costOf(tier, usage, overrides) ?? 0)));
  return {
    byModelChoiceMicroUsd: Math.max(0, ...onTiers.map((cost) => cost - paid)),
    byCachingMicroUsd: Math.max(0, sum(uncached)),
  };
}

function sum(amounts: readonly MicroUsd[]): MicroUsd {
  return amounts.reduce((total, amount) => total + amount, 0);
}
