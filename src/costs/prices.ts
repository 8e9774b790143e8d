import { calcPrice } from '@pydantic/genai-prices';
import type { ModelPrice } from '../domain/config.ts';
import type { MicroUsd } from '../domain/money.ts';
import type { TokenUsage } from '../domain/usage.ts';

/** `models.prices` of the configuration: `provider/model` → price. */
export type PriceOverrides = Record<string, ModelPrice>;

/** Cache writes cost 1.25 times the input at every provider that charges for them (Anthropic, OpenAI). */
const CACHE_WRITE_FACTOR = 1.25;

/** Providers whose public prices genai-prices knows by this very name; gateways have prices of their own. */
const PRICED_PROVIDERS = new Set(['anthropic', 'openai', 'google']);

/**
 * What a call with this usage costs, rounded up to whole micro-dollars, or null where no price is known:
 * the caller refuses the call then, it is never free. An override wins over the public prices
 * (genai-prices: bundled, offline, with tiers by context length and dated changes, which `at` chooses);
 * `compatible/*` has no other price. Usage that cannot be (negative, fractional) is null too.
 */
export function costOf(
  model: string,
  usage: TokenUsage,
  overrides: PriceOverrides,
  at = new Date(),
): MicroUsd | null {
  if (!Object.values(usage).every((count) => Number.isSafeInteger(count) && count >= 0)) return null;
  const consistent = withConsistentTotal(usage);
  const override = Object.hasOwn(overrides, model) ? overrides[model] : undefined;
  const exact =
    override === undefined ? publicCost(model, consistent, at) : overrideCost(consistent, override);
  return exact === null ? null : roundUp(exact);
}

/** True when calls of this model can be paid for. */
export function isPriced(model: string, overrides: PriceOverrides): boolean {
  return costOf(model, ONE_TOKEN, overrides) !== null;
}

const ONE_TOKEN: TokenUsage = {
  inputTokens: 1,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 1,
  reasoningTokens: 0,
};

/** Some gateways leave cached tokens out of the total; charging the sum never charges too little. */
function withConsistentTotal(usage: TokenUsage): TokenUsage {
  const parts = usage.cachedInputTokens + usage.cacheWriteTokens;
  return {
    ...usage,
    inputTokens: Math.max(usage.inputTokens, parts),
    outputTokens: Math.max(usage.outputTokens, usage.reasoningTokens),
  };
}

function overrideCost(usage: TokenUsage, price: ModelPrice): number {
  const plain = usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens;
  return (
    (plain * price.inputMicroUsd +
      usage.cachedInputTokens * price.cachedMicroUsd +
      usage.cacheWriteTokens * price.inputMicroUsd * CACHE_WRITE_FACTOR +
      usage.outputTokens * price.outputMicroUsd) /
    1_000_000
  );
}

function publicCost(model: string, usage: TokenUsage, at: Date): number | null {
  const slash = model.indexOf('/');
  const provider = model.slice(0, Math.max(slash, 0));
  if (!PRICED_PROVIDERS.has(provider)) return null;
  const price = calcPrice(
    {
      input_tokens: usage.inputTokens,
      cache_read_tokens: usage.cachedInputTokens,
      cache_write_tokens: usage.cacheWriteTokens,
      output_tokens: usage.outputTokens,
    },
    model.slice(slash + 1),
    { providerId: provider, timestamp: at },
  );
  if (price === null) return null;
  return pricesTextOnly(price.model_price) ? price.total_price * 1_000_000 : null;
}

/**
 * Embedding, audio and free open-weight models stand in the table without a price of text in and out; where
 * pictures or sound come out, our usage doesn't count them, and they are the dearer part.
 */
function pricesTextOnly(prices: Record<string, unknown>): boolean {
  const hasMediaOut = Object.keys(prices).some((key) => /^output_(image|audio|video)/.test(key));
  return Boolean(prices['input_mtok']) && Boolean(prices['output_mtok']) && !hasMediaOut;
}

/** Binary floats leave dust (183000.00000000003): a price list has no more than six decimals of it. */
function roundUp(microUsd: number): MicroUsd {
  return Math.ceil(Number(microUsd.toFixed(6)));
}
