import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, isPriced } from '../../src/costs/prices.ts';
import { NO_USAGE, type TokenUsage } from '../../src/domain/usage.ts';

const usage = (overrides: Partial<TokenUsage>): TokenUsage => ({ ...NO_USAGE, ...overrides });

const LOCAL = {
  'compatible/qwen3': { inputMicroUsd: 100_000, cachedMicroUsd: 10_000, outputMicroUsd: 400_000 },
};

describe('costOf', () => {
  it.each([
    [
      'anthropic/claude-sonnet-4-5',
      { inputTokens: 100_000, cachedInputTokens: 60_000, cacheWriteTokens: 20_000, outputTokens: 2000 },
      183_000,
    ],
    ['anthropic/claude-sonnet-4-5', { inputTokens: 300_000, outputTokens: 1000 }, 1_822_500],
    ['openai/gpt-5', { inputTokens: 100_000, cachedInputTokens: 60_000, outputTokens: 2000 }, 77_500],
    [
      'google/gemini-2.5-pro',
      { inputTokens: 100_000, cachedInputTokens: 60_000, outputTokens: 2000 },
      77_500,
    ],
    ['google/gemini-2.5-pro', { inputTokens: 300_000, outputTokens: 1000 }, 765_000],
    ['anthropic/claude-sonnet-4-5-20250929', { inputTokens: 14, outputTokens: 65 }, 1017],
    ['openai/gpt-5-nano', { inputTokens: 1 }, 1],
    ['openai/gpt-5-nano', {}, 0],
  ])('prices %s with %j at %d micro-dollars', (model, tokens, expected) => {
    expect(costOf(model, usage(tokens), {})).toBe(expected);
  });

  it('counts reasoning as the output that it is part of', () => {
    const tokens = usage({ inputTokens: 10, outputTokens: 1000 });
    expect(costOf('openai/gpt-5', { ...tokens, reasoningTokens: 900 }, {})).toBe(
      costOf('openai/gpt-5', tokens, {}),
    );
  });

  it('takes the price of the day', () => {
    const tokens = usage({ inputTokens: 1_000_000 });
    const on = (day: string) => costOf('google/gemini-3.6-flash', tokens, {}, new Date(day));
    expect([on('2026-12-31T23:59:59Z'), on('2027-01-01T00:00:00Z')]).toEqual([750_000, 1_500_000]);
  });

  it.each([
    'nobody/model',
    'openai/unheard-of',
    'compatible/gpt-5',
    'compatible/anthropic/claude-sonnet-4-5',
    'google/gemma-3',
    'openai/text-embedding-3-small',
    'google/gemini-2.5-flash-image',
    'gpt-5',
    'openai/',
    '',
    '/gpt-5',
    '__proto__',
    'constructor/x',
  ])('knows no price of %j, which is not a price of nothing', (model) => {
    expect(costOf(model, usage({ inputTokens: 1000, outputTokens: 1000 }), {})).toBeNull();
    expect(isPriced(model, {})).toBe(false);
  });

  it.each([
    { inputTokens: -1 },
    { outputTokens: 1.5 },
    { inputTokens: Number.NaN },
    { outputTokens: Infinity },
  ])('prices no usage that cannot be: %j', (tokens) => {
    expect(costOf('openai/gpt-5', usage(tokens), {})).toBeNull();
    expect(costOf('compatible/qwen3', usage(tokens), LOCAL)).toBeNull();
  });

  it('takes the configured price before the public one', () => {
    const overrides = { 'openai/gpt-5': { inputMicroUsd: 2_000_000, cachedMicroUsd: 0, outputMicroUsd: 0 } };
    expect(costOf('openai/gpt-5', usage({ inputTokens: 500, outputTokens: 900 }), overrides)).toBe(1000);
  });

  it('prices every part of a configured model, and rounds up', () => {
    const tokens = usage({
      inputTokens: 1000,
      cachedInputTokens: 500,
      cacheWriteTokens: 100,
      outputTokens: 30,
    });
    // 400 × 0.1 + 500 × 0.01 + 100 × 0.125 + 30 × 0.4 = 69.5
    expect(costOf('compatible/qwen3', tokens, LOCAL)).toBe(70);
  });

  it('charges cached tokens that a gateway left out of the total', () => {
    const tokens = usage({ inputTokens: 100, cachedInputTokens: 5000 });
    expect(costOf('anthropic/claude-haiku-4-5', tokens, {})).toBe(500);
  });

  it('never falls when tokens are added', () => {
    const models = [
      'anthropic/claude-sonnet-4-5',
      'google/gemini-2.5-pro',
      'openai/gpt-6-sol',
      'compatible/qwen3',
    ];
    const count = fc.integer({ min: 0, max: 500_000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        count,
        count,
        count,
        (model, inputTokens, outputTokens, more) => {
          const cost = (input: number, output: number) =>
            costOf(model, usage({ inputTokens: input, outputTokens: output }), LOCAL) ?? Number.NaN;
          const before = cost(inputTokens, outputTokens);
          expect(Number.isSafeInteger(before)).toBe(true);
          expect(cost(inputTokens + more, outputTokens)).toBeGreaterThanOrEqual(before);
          expect(cost(inputTokens, outputTokens + more)).toBeGreaterThanOrEqual(before);
        },
      ),
    );
  });
});
