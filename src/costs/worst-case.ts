import type { MicroUsd } from '../domain/money.ts';
import { NO_USAGE } from '../domain/usage.ts';
import type { ModelMessage, ModelRequest } from '../ports/model.ts';
import { costOf, type PriceOverrides } from './prices.ts';

/** Turns longer than this are rare, and a run away answer should not cost more. */
const MAX_OUTPUT_TOKENS = 16_000;

/** Below this a turn holds no tool call worth paying the input for. */
const MIN_OUTPUT_TOKENS = 256;

/** Role marks, names and separators that providers put around each message and tool. */
const TOKENS_PER_PART = 64;

/** The system prompt that providers add for tools or a schema: 313 to 804 tokens at Anthropic, the most told. */
const TOKENS_PER_CALL = 1024;

export interface WorstCase {
  costMicroUsd: MicroUsd;
  inputTokensEstimate: number;
}

/** A request before its `maxOutputTokens` is decided. */
export type OpenRequest = Omit<ModelRequest, 'maxOutputTokens'>;

/**
 * The most that a call can cost, to be reserved before it, or null for an unknown price. Input tokens are
 * bounded by `inputTokenBound`, nothing is hoped from caches (all of it may be written anew, which is the
 * dearest), output is `maxOutputTokens`, and the tier is the one of that many tokens.
 */
export function worstCaseCost(request: ModelRequest, overrides: PriceOverrides): WorstCase | null {
  const inputTokensEstimate = inputTokenBound(request);
  const costMicroUsd = dearestCost(request.model, inputTokensEstimate, request.maxOutputTokens, overrides);
  return costMicroUsd === null ? null : { costMicroUsd, inputTokensEstimate };
}

/**
 * The `maxOutputTokens` that `microUsdLeft` pays for after the worst case of the input: 256 to 16,000,
 * or 0 where the money (or a price) is missing and the call is to be refused.
 */
export function affordableOutputTokens(
  request: OpenRequest,
  microUsdLeft: MicroUsd,
  overrides: PriceOverrides,
): number {
  const inputTokens = inputTokenBound(request);
  const withoutOutput = dearestCost(request.model, inputTokens, 0, overrides);
  const withMost = dearestCost(request.model, inputTokens, MAX_OUTPUT_TOKENS, overrides);
  if (withoutOutput === null || withMost === null) return 0;
  if (withMost <= microUsdLeft) return MAX_OUTPUT_TOKENS;
  // One micro-dollar aside, because both costs were rounded up.
  const share = (microUsdLeft - withoutOutput - 1) / (withMost - withoutOutput);
  const tokens = Math.floor(MAX_OUTPUT_TOKENS * share);
  return tokens >= MIN_OUTPUT_TOKENS ? tokens : 0;
}

/**
 * Tokens that the input cannot exceed: what the same model `measured` up to its last turn, and one token a
 * UTF-8 byte for the rest. Byte-level and byte-fallback tokenisers (all of these providers) make a token of
 * at least one byte; less is no bound: digits reach 1.0 tokens a byte where each is its own token (Gemini),
 * rare scripts 1.0, base64 0.73 and random letters 0.66 (cl100k, measured), although prose and code stay
 * near 0.3.
 */
export function inputTokenBound(request: OpenRequest): number {
  const last = request.messages.findLastIndex((message) => measuredTokens(message, request.model) !== null);
  const message = request.messages[last];
  const known = message === undefined ? null : measuredTokens(message, request.model);
  return request.messages
    .slice(last + 1)
    .reduce(
      (sum, fresh) => sum + TOKENS_PER_PART + messageTokenBound(fresh),
      known ?? fixedTokenBound(request),
    );
}

/** Another model counts by another tokeniser. */
function measuredTokens(message: ModelMessage, model: string): number | null {
  return message.role === 'assistant' && message.measured?.model === model ? message.measured.tokens : null;
}

function fixedTokenBound({ instructions, tools, output }: OpenRequest): number {
  const schemas = [...tools, ...(output === null ? [] : [output])];
  return (
    TOKENS_PER_CALL +
    bytesOf(instructions) +
    schemas.reduce((sum, schema) => sum + TOKENS_PER_PART + bytesOf(JSON.stringify(schema)), 0)
  );
}

function messageTokenBound(message: ModelMessage): number {
  switch (message.role) {
    case 'user':
      return bytesOf(message.text);
    case 'tool':
      return message.results.reduce(
        (sum, { callId, name, text }) => sum + TOKENS_PER_PART + bytesOf(callId + name + text),
        0,
      );
    case 'assistant':
      // Sent in one form or the other; `raw` also holds the reasoning.
      return Math.max(
        bytesOf(message.text + JSON.stringify(message.toolCalls)),
        message.raw === null ? 0 : bytesOf(JSON.stringify(message.raw)),
      );
  }
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

function dearestCost(
  model: string,
  inputTokens: number,
  outputTokens: number,
  overrides: PriceOverrides,
): MicroUsd | null {
  const plain = costOf(model, { ...NO_USAGE, inputTokens, outputTokens }, overrides);
  const written = costOf(
    model,
    { ...NO_USAGE, inputTokens, outputTokens, cacheWriteTokens: inputTokens },
    overrides,
  );
  return plain === null || written === null ? null : Math.max(plain, written);
}
