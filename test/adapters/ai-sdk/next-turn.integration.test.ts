import { afterEach, describe, expect, it } from 'vitest';
import { createAiSdkModel } from '../../../src/adapters/ai-sdk/model.ts';
import type { ModelReply, ModelRequest } from '../../../src/ports/model.ts';
import { modelRequest } from '../../contracts/model.ts';
import { namedEvents, startStub, type Stub } from './stub.ts';
import { PROTOCOLS } from './wire.ts';

type Provider = keyof typeof PROTOCOLS;

const ALL = Object.keys(PROTOCOLS) as Provider[];

const stubs: Stub[] = [];
afterEach(async () => {
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
});

describe('a next turn over the wire', () => {
  const call = { id: 'call_9', name: 'read_file', arguments: '{"path":"a.ts"}' };
  const answered = (reply: ModelReply): ModelRequest['messages'] => [
    { role: 'user', text: 'Go.' },
    { role: 'assistant', text: reply.text, toolCalls: reply.toolCalls, raw: reply.raw },
    { role: 'tool', results: [{ callId: 'call_9', name: 'read_file', text: 'no such file', isError: true }] },
  ];

  async function firstReply(provider: Provider, body: string): Promise<ModelReply> {
    const { model, settings } = PROTOCOLS[provider];
    const stub = await startStub([{ body }]);
    stubs.push(stub);
    return createAiSdkModel(settings(stub.url)).generate(modelRequest({ model }), {
      signal: new AbortController().signal,
    });
  }

  async function secondBody(
    provider: Provider,
    first: string,
    changes: Partial<ModelRequest> = {},
  ): Promise<string> {
    const { model, settings, stream } = PROTOCOLS[provider];
    const stub = await startStub([{ body: first }, { body: stream({ text: ['done'] }) }]);
    stubs.push(stub);
    const sdk = createAiSdkModel(settings(stub.url));
    const context = { signal: new AbortController().signal };
    const reply = await sdk.generate(modelRequest({ model }), context);
    // As the journal would give it back.
    const kept = JSON.parse(JSON.stringify(reply)) as ModelReply;
    const second = await sdk.generate(modelRequest({ model, messages: answered(kept), ...changes }), context);
    expect(second.text).toBe('done');
    return JSON.stringify(stub.calls[1]?.body);
  }

  it.each(ALL)('carries the tool call and its result to %s', async (provider) => {
    const body = await secondBody(provider, PROTOCOLS[provider].stream({ call }));
    expect(body).toContain('no such file');
    expect(body).toContain('a.ts');
    expect(body).toContain('read_file');
  });

  it('tells Anthropic that a tool failed', async () => {
    const body = await secondBody('anthropic', PROTOCOLS.anthropic.stream({ call }));
    expect(body).toContain('"is_error":true');
  });

  const thinking = namedEvents([
    {
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-sonnet-4-5',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Let me see.' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'SIGNED' } },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'content_block_start',
      index: 1,
      content_block: { type: 'tool_use', id: 'call_9', name: 'read_file', input: {} },
    },
    {
      type: 'content_block_delta',
      index: 1,
      delta: { type: 'input_json_delta', partial_json: '{"path":"a.ts"}' },
    },
    { type: 'content_block_stop', index: 1 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'tool_use', stop_sequence: null },
      usage: { output_tokens: 9 },
    },
    { type: 'message_stop' },
  ]);

  it("replays Anthropic's signed thinking to the same model", async () => {
    expect(await secondBody('anthropic', thinking)).toContain(
      '{"type":"thinking","thinking":"Let me see.","signature":"SIGNED"}',
    );
  });

  it('leaves signatures out for another model, and keeps the call', async () => {
    const body = await secondBody('anthropic', thinking, { model: 'anthropic/claude-opus-4-5' });
    expect(body).not.toContain('SIGNED');
    expect(body).toContain('a.ts');
  });

  it("replays OpenAI's encrypted reasoning without a reference to stored items", async () => {
    const item = { id: 'rs_1', type: 'reasoning', summary: [] };
    const events = [
      { type: 'response.output_item.added', output_index: 0, item: { ...item, encrypted_content: null } },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { ...item, encrypted_content: 'ENCRYPTED' },
      },
    ];
    const [created, ...rest] = PROTOCOLS.openai.stream({ call }).split('\n\n');
    const body = await secondBody('openai', `${created}\n\n${namedEvents(events)}${rest.join('\n\n')}`);
    expect(body).toContain('ENCRYPTED');
    expect(body).not.toContain('item_reference');
  });

  it("replays Gemini's thought signatures", async () => {
    const first = PROTOCOLS.google
      .stream({ call })
      .replace('"functionCall"', '"thoughtSignature":"THOUGHT","functionCall"');
    expect(await secondBody('google', first)).toContain('THOUGHT');
  });

  it.each(['anthropic', 'openai', 'compatible'] as const)(
    'passes arguments of %s on as they were written when they are no JSON',
    async (provider) => {
      const broken = PROTOCOLS[provider].stream({ call: { ...call, arguments: '{"path": "a.t' } });
      expect((await firstReply(provider, broken)).toolCalls).toEqual([
        { id: 'call_9', name: 'read_file', arguments: '{"path": "a.t' },
      ]);
      await expect(secondBody(provider, broken)).resolves.toContain('no such file');
    },
  );

  it.each(ALL)('passes a call of a tool that there is not on: %s', async (provider) => {
    const unknown = PROTOCOLS[provider].stream({ call: { ...call, name: 'drop_tables' } });
    expect((await firstReply(provider, unknown)).toolCalls).toMatchObject([
      { name: 'drop_tables', arguments: { path: 'a.ts' } },
    ]);
  });
});
