import type { MicroUsd } from '../domain/money.ts';
import type { Quote } from '../domain/run-view.ts';
import { costOf, isPriced, type PriceOverrides } from './prices.ts';

export interface QuoteFacts {
  /** `provider/model`. */
  model: string;
  /** Tokens of the first request: instructions, tools, context. */
  promptTokens: number;
  maxTurns: number;
  /** What past runs of this agent cost in this repository. */
  history: MicroUsd[];
  capMicroUsd: MicroUsd;
  overrides: PriceOverrides;
}

/** Fewer past runs say less than the estimate. */
const MIN_HISTORY = 5;

/** A turn's own output, and what it adds to the context with the results of its tool calls. */
const OUTPUT_TOKENS_PER_TURN = 500;
const CONTEXT_TOKENS_PER_TURN = 2500;

/** The shares of `maxTurns` that short and long runs take. */
const SHORT_RUN = 0.1;
const LONG_RUN = 0.6;

/**
 * What such a run will cost, before it starts: P10 and P90 of at least five past runs, else an estimate;
 * never above the cap; null where the model has no known price. The estimate is the sum over the turns of
 * a run of 10 % (low) and 60 % (high) of `maxTurns`, each with 500 tokens of output and 2,500 more of
 * context, of which the next turn reads all that was there before from the cache.
 */
export function quoteFor(facts: QuoteFacts): Quote | null {
  if (!isPriced(facts.model, facts.overrides)) return null;
  const [low, high] =
    facts.history.length >= MIN_HISTORY
      ? [percentile(facts.history, 0.1), percentile(facts.history, 0.9)]
      : [estimate(facts, SHORT_RUN), estimate(facts, LONG_RUN)];
  return {
    lowMicroUsd: Math.min(low, facts.capMicroUsd),
    highMicroUsd: Math.min(high, facts.capMicroUsd),
    capMicroUsd: facts.capMicroUsd,
  };
}

/** Nearest rank: the smallest value with at least `share` of all values at or below it. */
function percentile(values: MicroUsd[], share: number): MicroUsd {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

function estimate({ model, promptTokens, maxTurns, overrides }: QuoteFacts, share: number): MicroUsd {
  const turns = Math.max(1, Math.ceil(maxTurns * share));
  let total = 0;
  for (let turn = 0; turn < turns; turn += 1) {
    const inputTokens = promptTokens + turn * CONTEXT_TOKENS_PER_TURN;
    const fresh = turn === 0 ? promptTokens : CONTEXT_TOKENS_PER_TURN;
    const usage = {
      inputTokens,
      cachedInputTokens: inputTokens - fresh,
      cacheWriteTokens: fresh,
      outputTokens: OUTPUT_TOKENS_PER_TURN,
      reasoningTokens: 0,
    };
    total += costOf(model, usage, overrides) ?? 0;
  }
  return total;
}
