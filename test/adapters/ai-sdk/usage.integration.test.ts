import { afterEach, describe, expect, it } from 'vitest';
import { createAiSdkModel } from '../../../src/adapters/ai-sdk/model.ts';
import type { TokenUsage } from '../../../src/domain/usage.ts';
import { modelRequest } from '../../contracts/model.ts';
import { plainEvents, startStub, type Stub } from './stub.ts';
import type { Script } from './streams.ts';
import { PROTOCOLS } from './wire.ts';

const stubs: Stub[] = [];
afterEach(async () => {
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
});

async function usageOf(provider: keyof typeof PROTOCOLS, body: string): Promise<TokenUsage> {
  const stub = await startStub([{ body }]);
  stubs.push(stub);
  const { model, settings } = PROTOCOLS[provider];
  const reply = await createAiSdkModel(settings(stub.url)).generate(modelRequest({ model }), {
    signal: new AbortController().signal,
  });
  return reply.usage;
}

const script: Script = { text: ['ok'], usage: { input: 1000, cached: 64, output: 50, reasoning: 16 } };

describe('usage over the wire', () => {
  it.each(Object.keys(PROTOCOLS) as (keyof typeof PROTOCOLS)[])(
    'counts cached input and reasoning inside their totals: %s',
    async (provider) => {
      expect(await usageOf(provider, PROTOCOLS[provider].stream(script))).toEqual({
        inputTokens: 1000,
        cachedInputTokens: 64,
        cacheWriteTokens: 0,
        outputTokens: 50,
        reasoningTokens: 16,
      });
    },
  );

  it("adds Anthropic's cache writes and reads to the total input", async () => {
    const body = PROTOCOLS.anthropic.stream({ ...script, cacheWrite: 200 });
    expect(await usageOf('anthropic', body)).toMatchObject({
      inputTokens: 1000,
      cachedInputTokens: 64,
      cacheWriteTokens: 200,
    });
  });

  it('reads the cache writes that a gateway reports', async () => {
    const usage = {
      prompt_tokens: 4020,
      completion_tokens: 4,
      prompt_tokens_details: { cache_write_tokens: 4012 },
    };
    const body = plainEvents([
      { choices: [{ index: 0, delta: { content: 'ok' }, finish_reason: 'stop' }] },
      { choices: [], usage },
    ]);
    expect(await usageOf('compatible', body)).toMatchObject({ inputTokens: 4020, cacheWriteTokens: 4012 });
  });

  it('never takes a call for free that the provider did not count', async () => {
    const body = plainEvents([
      { choices: [{ index: 0, delta: { content: 'hello' }, finish_reason: 'stop' }] },
    ]);
    const usage = await usageOf('compatible', body);
    expect(usage.outputTokens).toBe(5);
    expect(usage.inputTokens).toBeGreaterThan(100);
  });
});
