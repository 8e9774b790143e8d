import type { LanguageModelUsage } from 'ai';
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
    cacheWriteTokens: count(usage.inputTokenDetails.cacheWriteTokens),
    outputTokens: count(usage.outputTokens) || fallback.outputBytes(),
    reasoningTokens: count(usage.outputTokenDetails.reasoningTokens),
  };
}

function count(tokens: number | undefined): number {
  return tokens !== undefined && Number.isFinite(tokens) ? Math.max(0, Math.ceil(tokens)) : 0;
}
