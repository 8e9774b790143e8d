import { afterEach, describe, expect, it } from 'vitest';
import { createAiSdkModel } from '../../../src/adapters/ai-sdk/model.ts';
import type { ModelRequest } from '../../../src/ports/model.ts';
import { modelRequest } from '../../contracts/model.ts';
import { startStub, type Stub, type StubCall } from './stub.ts';
import { KEY, PROTOCOLS } from './wire.ts';

type Provider = keyof typeof PROTOCOLS;

const ALL = Object.keys(PROTOCOLS) as Provider[];

const stubs: Stub[] = [];
afterEach(async () => {
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
});

async function send(provider: Provider, request: Partial<ModelRequest> = {}): Promise<StubCall | undefined> {
  const stub = await startStub([{ body: PROTOCOLS[provider].stream({ text: ['ok'] }) }]);
  stubs.push(stub);
  const { model, settings } = PROTOCOLS[provider];
  await createAiSdkModel(settings(stub.url)).generate(modelRequest({ model, ...request }), {
    signal: new AbortController().signal,
  });
  return stub.calls[0];
}

async function bodyOf(provider: Provider, request: Partial<ModelRequest>): Promise<Record<string, unknown>> {
  return (await send(provider, request))?.body ?? {};
}

describe('base URLs over the wire', () => {
  it.each(ALL.flatMap((provider) => ['', '/', '/v1', '/v1/'].map((ending) => [provider, ending] as const)))(
    'reaches %s at a base URL that ends in %j',
    async (provider, ending) => {
      const stub = await startStub([{ body: PROTOCOLS[provider].stream({ text: ['ok'] }) }]);
      stubs.push(stub);
      const { model, settings, path } = PROTOCOLS[provider];
      await createAiSdkModel(settings(`${stub.url}${ending}`)).generate(modelRequest({ model }), {
        signal: new AbortController().signal,
      });
      expect(stub.calls.map((call) => call.path)).toEqual([path]);
    },
  );
});

describe('requests over the wire', () => {
  it.each([
    ['anthropic', 'x-api-key', KEY],
    ['openai', 'authorization', `Bearer ${KEY}`],
    ['google', 'x-goog-api-key', KEY],
    ['compatible', 'authorization', `Bearer ${KEY}`],
  ] as const)('sends the key to %s in a header', async (provider, header, value) => {
    const call = await send(provider);
    expect(call?.headers[header]).toBe(value);
    expect(call?.path).not.toContain(KEY);
  });

  it('sends no key where a compatible server needs none', async () => {
    const stub = await startStub([{ body: PROTOCOLS.compatible.stream({ text: ['ok'] }) }]);
    stubs.push(stub);
    const model = createAiSdkModel({ compatible: { baseUrl: stub.url } });
    expect(model.providers).toEqual(['compatible']);
    await model.generate(modelRequest({ model: PROTOCOLS.compatible.model }), {
      signal: new AbortController().signal,
    });
    expect(stub.calls[0]?.headers).not.toHaveProperty('authorization');
  });

  it('lists the providers with settings in order of preference', () => {
    const key = { apiKey: KEY };
    const settings = {
      google: key,
      compatible: { baseUrl: 'http://localhost' },
      openai: key,
      anthropic: key,
    };
    expect(createAiSdkModel(settings).providers).toEqual(['anthropic', 'openai', 'google', 'compatible']);
    expect(createAiSdkModel({}).providers).toEqual([]);
  });

  it.each([
    ['anthropic', { max_tokens: 1000, stream: true }],
    ['openai', { max_output_tokens: 1000, stream: true }],
    ['google', { generationConfig: { maxOutputTokens: 1000 } }],
    ['compatible', { max_tokens: 1000, stream: true, model: 'qwen/qwen3:8b' }],
  ] as const)('bounds the output of %s', async (provider, expected) => {
    expect(await bodyOf(provider, {})).toMatchObject(expected);
  });

  it('keeps nothing at OpenAI, and takes the reasoning back in encrypted form', async () => {
    expect(await bodyOf('openai', {})).toMatchObject({
      store: false,
      include: ['reasoning.encrypted_content'],
    });
  });

  it('asks compatible servers for usage, which they leave out of streams otherwise', async () => {
    expect(await bodyOf('compatible', {})).toMatchObject({ stream_options: { include_usage: true } });
  });

  it.each(ALL)('sends tools to %s as JSON schemas', async (provider) => {
    const text = JSON.stringify(await bodyOf(provider, {}));
    expect(text).toContain('"name":"read_file"');
    expect(text).toContain('"from_line":{"type":"integer"}');
    expect(text).not.toContain('"strict":true');
  });

  const closed = {
    type: 'object',
    properties: { score: { type: 'number' } },
    required: ['score'],
    additionalProperties: false,
  };

  it.each([
    ['anthropic', { output_config: { format: { type: 'json_schema', schema: closed } } }],
    ['openai', { text: { format: { type: 'json_schema', name: 'verdict', strict: true, schema: closed } } }],
    ['google', { generationConfig: { responseMimeType: 'application/json' } }],
    [
      'compatible',
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'verdict', strict: true, schema: closed },
        },
      },
    ],
  ] as const)('forces the output of %s into a schema', async (provider, expected) => {
    const output = { name: 'verdict', schema: closed };
    expect(await bodyOf(provider, { tools: [], output })).toMatchObject(expected);
  });

  it.each(['openai', 'compatible'] as const)(
    'sends a schema that strict mode refuses to %s as a hint',
    async (provider) => {
      const output = { name: 'verdict', schema: { ...closed, required: [] } };
      const text = JSON.stringify(await bodyOf(provider, { tools: [], output }));
      expect(text).toContain('"strict":false');
    },
  );
});

describe("Anthropic's cache marks", () => {
  const messages: ModelRequest['messages'] = [
    { role: 'user', text: 'first' },
    { role: 'assistant', text: '', toolCalls: [{ id: 'c1', name: 'read_file', arguments: {} }], raw: null },
    { role: 'tool', results: [{ callId: 'c1', name: 'read_file', text: 'content', isError: false }] },
    { role: 'assistant', text: 'hm', toolCalls: [], raw: null },
    { role: 'user', text: 'go on' },
  ];

  it('end the instructions and the last two messages of ours', async () => {
    const body = await bodyOf('anthropic', { messages });
    const marks = JSON.stringify(body).match(/"cache_control"/g);
    expect(marks).toHaveLength(3);
    expect(body).toMatchObject({
      system: [{ text: 'Triage the issue.', cache_control: { type: 'ephemeral' } }],
      messages: [
        {},
        {},
        { content: [{ type: 'tool_result', cache_control: { type: 'ephemeral' } }] },
        {},
        { content: [{ text: 'go on', cache_control: { type: 'ephemeral' } }] },
      ],
    });
  });

  it('are left out for a judge, who asks once', async () => {
    expect(JSON.stringify(await bodyOf('anthropic', { messages, purpose: 'judge' }))).not.toContain(
      'cache_control',
    );
  });
});
