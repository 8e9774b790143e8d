import { describe, expect, it } from 'vitest';
import { createAiSdkModel } from '../../../src/adapters/ai-sdk/model.ts';
import { modelRequest } from '../../contracts/model.ts';
import { failureOf, type Provider } from './failing.ts';
import { namedEvents, plainEvents, startStub } from './stub.ts';
import { KEY, PROTOCOLS } from './wire.ts';

const echo = `the key is ${KEY}`;

describe('broken streams', () => {
  const beginning = (provider: Provider) => {
    const events = PROTOCOLS[provider].stream({ text: ['Half an ', 'answer.'] }).split('\n\n');
    const count = { anthropic: 4, openai: 4, google: 1, compatible: 2 }[provider];
    return `${events.slice(0, count).join('\n\n')}\n\n`;
  };

  it.each([
    [
      'anthropic',
      namedEvents([{ type: 'error', error: { type: 'overloaded_error', message: echo } }]),
      'overloaded',
    ],
    [
      'anthropic',
      namedEvents([{ type: 'error', error: { type: 'api_error', message: echo } }]),
      'overloaded',
    ],
    [
      'openai',
      namedEvents([{ type: 'error', code: 'server_error', message: echo, param: null, sequence_number: 9 }]),
      'overloaded',
    ],
    [
      'openai',
      namedEvents([
        {
          type: 'response.failed',
          sequence_number: 9,
          response: { id: 'r', error: { code: 'rate_limit_exceeded', message: echo } },
        },
      ]),
      'rate_limited',
    ],
    ['google', plainEvents([{ error: { code: 503, status: 'UNAVAILABLE', message: echo } }]), 'overloaded'],
    ['compatible', plainEvents([{ error: { code: 500, message: echo } }]), 'overloaded'],
  ] as [Provider, string, string][])(
    'takes an error in mid-stream for an error: %s %#',
    async (provider, tail, failure) => {
      const error = await failureOf(provider, { body: beginning(provider) + tail });
      expect(error).toMatchObject({
        code: `model_${failure}`,
        isRetryable: true,
        value: { mayBeBilled: true },
      });
      expect(error.message).not.toContain(KEY);
    },
  );

  it.each(['anthropic', 'openai', 'google', 'compatible'] as const)(
    'takes a stream that stops without an end for a broken connection: %s',
    async (provider) => {
      expect(await failureOf(provider, { body: beginning(provider) })).toMatchObject({
        code: 'model_connection',
        isRetryable: true,
        value: { mayBeBilled: true },
      });
    },
  );

  it.each(['anthropic', 'openai', 'google', 'compatible'] as const)(
    'takes a connection that is cut in mid-stream for a broken connection: %s',
    async (provider) => {
      expect(await failureOf(provider, { body: beginning(provider), ending: 'cut' })).toMatchObject({
        code: 'model_connection',
        isRetryable: true,
        value: { mayBeBilled: true },
      });
    },
  );

  it('takes a reply that the provider calls failed for an error', async () => {
    const body = plainEvents([
      { candidates: [{ content: { parts: [] }, finishReason: 'MALFORMED_FUNCTION_CALL', index: 0 }] },
    ]);
    expect(await failureOf('google', { body })).toMatchObject({
      code: 'model_overloaded',
      isRetryable: true,
    });
  });

  it('takes an empty answer for a broken connection', async () => {
    expect(await failureOf('anthropic', { body: '' })).toMatchObject({ code: 'model_connection' });
  });

  it('takes garbage in a stream for a broken connection', async () => {
    const error = await failureOf('compatible', { body: `data: {"choices": ${KEY}\n\n` });
    expect(error).toMatchObject({ code: 'model_connection' });
    expect(error.message).not.toContain(KEY);
  });

  it('takes a server that is not there for a broken connection', async () => {
    const stub = await startStub([]);
    await stub.close();
    const { model, settings } = PROTOCOLS.openai;
    await expect(
      createAiSdkModel(settings(stub.url)).generate(modelRequest({ model }), {
        signal: new AbortController().signal,
      }),
    ).rejects.toMatchObject({
      code: 'model_connection',
      isRetryable: true,
      message: 'openai broke off or could not be reached (ECONNREFUSED)',
      value: {},
    });
  });

  it.each(['openai/gpt-5', 'nobody/model', 'anthropic/', 'claude', ''])(
    'refuses the model %j, whose key it does not have',
    async (model) => {
      await expect(
        createAiSdkModel({ anthropic: { apiKey: KEY } }).generate(modelRequest({ model }), {
          signal: new AbortController().signal,
        }),
      ).rejects.toMatchObject({ code: 'model_authentication', isRetryable: false });
    },
  );
});
