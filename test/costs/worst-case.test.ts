import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf } from '../../src/costs/prices.ts';
import { affordableOutputTokens, inputTokenBound, worstCaseCost } from '../../src/costs/worst-case.ts';
import { NO_USAGE } from '../../src/domain/usage.ts';
import type { ModelMessage, ModelRequest } from '../../src/ports/model.ts';
import { modelRequest } from '../contracts/model.ts';

const user = (text: string): ModelMessage => ({ role: 'user', text });

const counted = (model: string, tokens: number): ModelMessage => ({
  role: 'assistant',
  text: 'ok',
  toolCalls: [],
  raw: null,
  measured: { model, tokens },
});

/** A request whose input is known to have so many tokens. */
function requestOf(model: string, tokens: number, maxOutputTokens = 1000): ModelRequest {
  return modelRequest({ model, maxOutputTokens, messages: [counted(model, tokens)] });
}

/** What one message adds to the bound. */
function boundOf(message: ModelMessage): number {
  const bare = modelRequest({ messages: [] });
  return inputTokenBound({ ...bare, messages: [message] }) - inputTokenBound(bare);
}

describe('inputTokenBound', () => {
  it.each([
    ['digits, a token each at Gemini', '31415926535'.repeat(50), 550],
    ['scripts that tokenisers spell in bytes', '𒀀𓀀'.repeat(50), 400],
    ['emoji', '🦀'.repeat(50), 200],
    ['prose', 'It is a bug. '.repeat(50), 650],
  ])('is not exceeded by %s', (_, text, atMost) => {
    expect(boundOf(user(text))).toBeGreaterThanOrEqual(atMost);
  });

  it('counts tool results, and the form of a reply that is longer', () => {
    const results = [{ callId: 'c1', name: 'read_file', text: 'x'.repeat(500), isError: false }];
    expect(boundOf({ role: 'tool', results })).toBeGreaterThan(500);
    const raw = { content: [{ type: 'reasoning', text: 'y'.repeat(900) }] };
    expect(boundOf({ role: 'assistant', text: 'ok', toolCalls: [], raw })).toBeGreaterThan(900);
  });

  it('counts the tools and the schema of the output', () => {
    const bare = inputTokenBound(modelRequest({ tools: [] }));
    const parameters = { type: 'object', description: 'z'.repeat(400) };
    const tools = [{ name: 'a', description: 'b', parameters }];
    expect(inputTokenBound(modelRequest({ tools }))).toBeGreaterThan(bare + 400);
    expect(
      inputTokenBound(modelRequest({ tools: [], output: { name: 'v', schema: parameters } })),
    ).toBeGreaterThan(bare + 400);
  });

  it('takes what the model counted up to its last turn', () => {
    const { model } = modelRequest();
    const earlier = [user('a'.repeat(50_000)), counted(model, 9000), user('more'), counted(model, 9500)];
    const messages = [...earlier, user('b'.repeat(100))];
    expect(inputTokenBound(modelRequest({ messages }))).toBe(9500 + boundOf(user('b'.repeat(100))));
  });

  it('counts for itself what only another model has counted', () => {
    const messages = [user('a'.repeat(50_000)), counted('openai/gpt-5', 9000)];
    expect(inputTokenBound(modelRequest({ messages }))).toBeGreaterThan(50_000);
  });
});

describe('worstCaseCost', () => {
  it('expects all input to be written to the cache, the dearest that can happen', () => {
    const worst = worstCaseCost(requestOf('anthropic/claude-sonnet-4-5', 10_000, 2000), {});
    // 10,000 × $3.75 + 2,000 × $15 a million
    expect(worst).toEqual({ costMicroUsd: 67_500, inputTokensEstimate: 10_000 });
  });

  it('takes the tier that the estimate reaches', () => {
    const request = requestOf('google/gemini-2.5-pro', 300_000);
    expect(worstCaseCost(request, {})?.costMicroUsd).toBe(765_000);
  });

  it.each(['compatible/qwen3', 'nobody/model'])('is unknown for %s, which has no price', (model) => {
    expect(worstCaseCost(modelRequest({ model }), {})).toBeNull();
  });

  it('is never below what a call within its bounds costs', () => {
    const models = ['anthropic/claude-sonnet-4-5', 'google/gemini-2.5-pro', 'openai/gpt-6-sol'];
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        fc.integer({ min: 0, max: 400_000 }),
        fc.integer({ min: 1, max: 16_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (model, tokens, maxOutputTokens, used, cached) => {
          const worst = worstCaseCost(requestOf(model, tokens, maxOutputTokens), {});
          const inputTokens = Math.floor(tokens * used);
          const actual = costOf(
            model,
            {
              ...NO_USAGE,
              inputTokens,
              cachedInputTokens: Math.floor(inputTokens * cached),
              outputTokens: Math.floor(maxOutputTokens * used),
            },
            {},
          );
          expect(actual ?? Number.NaN).toBeLessThanOrEqual(worst?.costMicroUsd ?? -1);
        },
      ),
    );
  });
});

describe('affordableOutputTokens', () => {
  const request = requestOf('anthropic/claude-opus-4-5', 10_000);

  it('gives the whole turn where money is no question', () => {
    expect(affordableOutputTokens(request, 10_000_000, {})).toBe(16_000);
  });

  it('gives what the money left pays for', () => {
    // $0.10 less 10,000 × $6.25 a million is $0.0375: 1,500 tokens at $25.
    expect(affordableOutputTokens(request, 100_000, {})).toBe(1499);
  });

  it.each([
    ['nothing is left', 0],
    ['the input alone costs more', 62_000],
    ['a few words are all that is left', 63_000],
  ])('gives nothing where %s', (_, left) => {
    expect(affordableOutputTokens(request, left, {})).toBe(0);
  });

  it('gives nothing without a price', () => {
    expect(affordableOutputTokens(modelRequest({ model: 'compatible/qwen3' }), 1_000_000, {})).toBe(0);
  });

  it('gives the whole turn of a model that costs nothing by configuration', () => {
    const free = { 'compatible/qwen3': { inputMicroUsd: 0, cachedMicroUsd: 0, outputMicroUsd: 0 } };
    expect(affordableOutputTokens(modelRequest({ model: 'compatible/qwen3' }), 0, free)).toBe(16_000);
  });

  it('never promises a call whose worst case exceeds the money left', () => {
    const models = ['anthropic/claude-opus-4-5', 'google/gemini-2.5-pro', 'openai/gpt-5', 'openai/gpt-6-sol'];
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        fc.integer({ min: 0, max: 400_000 }),
        fc.integer({ min: 0, max: 2_000_000 }),
        (model, tokens, left) => {
          const open = requestOf(model, tokens);
          const maxOutputTokens = affordableOutputTokens(open, left, {});
          fc.pre(maxOutputTokens > 0);
          const worst = worstCaseCost({ ...open, maxOutputTokens }, {});
          expect(worst?.costMicroUsd ?? Infinity).toBeLessThanOrEqual(left);
        },
      ),
    );
  });
});
