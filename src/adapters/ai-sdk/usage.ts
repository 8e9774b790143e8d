import type { LanguageModelUsage } from 'ai';
import { isPlainObject } from '../../domain/json.ts';
import type { TokenUsage } from '../../domain/usage.ts';

/**
 * The provider's count of a call. A provider that counts nothing is never taken for free: the missing side is
 * then bounded by one token a UTF-8 byte of what went over the wire (`fallback`, no tokeniser makes more).
 */
export function toTokenUsage(
  usage: LanguageModelUsage,
  fallback: { inputBytes: () => number; outputBytes: () => number },
): TokenUsage {
  return {
    inputTokens: count(usage.inputTokens) || fallback.inputBytes(),
    cachedInputTokens: count(usage.inputTokenDetails.cacheReadTokens),
    cacheWriteTokens: count(usage.inputTokenDetails.cacheWriteTokens ?? chatCacheWrites(usage.raw)),
    outputTokens: count(usage.outputTokens) || fallback.outputBytes(),
    reasoningTokens: count(usage.outputTokenDetails.reasoningTokens),
  };
}

/** The SDK reads no cache writes from Chat Completions, where newer OpenAI models and gateways report them. */
function chatCacheWrites(raw: unknown): number | undefined {
  const details = isPlainObject(raw) ? raw['prompt_tokens_details'] : undefined;
  const writes = isPlainObject(details) ? details['cache_write_tokens'] : undefined;
  return typeof writes === 'number' ? writes : undefined;
}

function count(tokens: number | undefined): number {
  return tokens !== undefined && Number.isFinite(tokens) ? Math.max(0, Math.ceil(tokens)) : 0;
}
