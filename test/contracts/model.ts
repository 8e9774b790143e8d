import { expect, it } from 'vitest';
import { MusterError } from '../../src/domain/errors.ts';
import type { Model, ModelReply, ModelRequest } from '../../src/ports/model.ts';

/** A request with nothing special about it. */
export function modelRequest(overrides: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: 'anthropic/claude-sonnet-4-5',
    purpose: 'work',
    agent: 'triager',
    instructions: 'Triage the issue.',
    messages: [{ role: 'user', text: 'The parser crashes.' }],
    tools: [
      {
        name: 'read_file',
        description: 'Reads a file.',
        parameters: {
          type: 'object',
          properties: { path: { type: 'string' }, from_line: { type: 'integer' } },
          required: ['path'],
          additionalProperties: false,
        },
      },
    ],
    maxOutputTokens: 1000,
    output: null,
    ...overrides,
  };
}

/** What the implementation under test has to be set up to answer, in this order, one a call. */
export const CONTRACT_TURNS = {
  text: ['It is ', 'a bug.'],
  call: { id: 'call_1', name: 'read_file', arguments: { path: 'src/parser.ts' } },
  json: { score: 0.5 },
} as const;

/** A model that is set up to answer the one turn asked for, whatever it is asked. */
export type ContractModel = (
  turn: 'text' | 'call' | 'json' | 'slow',
) => Promise<{ model: Model; name: string }>;

/** What every implementation of the model port does; `slow` never ends by itself. */
export function describesModel(open: ContractModel): void {
  async function generate(
    turn: 'text' | 'call' | 'json',
    overrides: Partial<ModelRequest> = {},
    onText?: (delta: string) => void,
  ): Promise<ModelReply> {
    const { model, name } = await open(turn);
    return model.generate(modelRequest({ model: name, ...overrides }), {
      signal: new AbortController().signal,
      ...(onText === undefined ? {} : { onText }),
    });
  }

  it('names at least one provider', async () => {
    const { model, name } = await open('text');
    expect(model.providers).toContain(name.split('/')[0]);
  });

  it('gives the text whole, and in pieces as it comes', async () => {
    const pieces: string[] = [];
    const reply = await generate('text', {}, (delta) => pieces.push(delta));
    expect(reply).toMatchObject({ text: 'It is a bug.', toolCalls: [], finish: 'stop' });
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe(reply.text);
  });

  it('gives tool calls with their arguments, unexecuted', async () => {
    const reply = await generate('call');
    expect(reply.toolCalls).toEqual([CONTRACT_TURNS.call]);
    expect(reply.finish).toBe('tool_calls');
  });

  it('gives one JSON object as text where a schema was asked for', async () => {
    const schema = {
      type: 'object',
      properties: { score: { type: 'number' } },
      required: ['score'],
      additionalProperties: false,
    };
    const reply = await generate('json', { tools: [], output: { name: 'verdict', schema } });
    expect(JSON.parse(reply.text)).toEqual(CONTRACT_TURNS.json);
  });

  it('counts tokens so that parts never exceed their total', async () => {
    const { usage } = await generate('text');
    expect(Object.values(usage).every((count) => Number.isSafeInteger(count) && count >= 0)).toBe(true);
    expect(usage.inputTokens).toBeGreaterThan(0);
    expect(usage.cachedInputTokens + usage.cacheWriteTokens).toBeLessThanOrEqual(usage.inputTokens);
    expect(usage.reasoningTokens).toBeLessThanOrEqual(usage.outputTokens);
  });

  it('gives a reply that JSON keeps unchanged', async () => {
    const reply = await generate('call');
    expect(JSON.parse(JSON.stringify(reply))).toEqual(reply);
  });

  it('throws model_aborted when the signal is aborted before the call', async () => {
    const { model, name } = await open('text');
    const error: unknown = await model
      .generate(modelRequest({ model: name }), { signal: AbortSignal.abort() })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MusterError);
    expect(error).toMatchObject({ code: 'model_aborted', isRetryable: false });
  });

  it('throws model_aborted when the signal is aborted while text comes', async () => {
    const { model, name } = await open('slow');
    const abort = new AbortController();
    const error: unknown = await model
      .generate(modelRequest({ model: name }), { signal: abort.signal, onText: () => abort.abort() })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'model_aborted' });
  });
}
