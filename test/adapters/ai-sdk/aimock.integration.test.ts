import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAiSdkModel } from '../../../src/adapters/ai-sdk/model.ts';
import type { ModelMessage } from '../../../src/ports/model.ts';
import { modelRequest } from '../../contracts/model.ts';
import { PROTOCOLS } from './wire.ts';

const mock = new LLMock({ port: 0, chunkSize: 4 });
beforeAll(() => mock.start());
afterAll(() => mock.stop());
beforeEach(() => {
  mock.clearFixtures();
  mock.clearChaos();
});

const signal = new AbortController().signal;

describe.each(Object.values(PROTOCOLS))('a conversation with a mocked provider: $model', (protocol) => {
  const ask = (messages: ModelMessage[], onText?: (delta: string) => void) =>
    createAiSdkModel(protocol.settings(mock.url)).generate(
      modelRequest({ model: protocol.model, messages }),
      {
        signal,
        ...(onText === undefined ? {} : { onText }),
      },
    );
  const question: ModelMessage = { role: 'user', text: 'What is in a.ts?' };

  it('goes over a tool call to an answer', async () => {
    mock.on(
      { userMessage: 'What is in a.ts?', hasToolResult: false },
      { toolCalls: [{ name: 'read_file', arguments: '{"path":"a.ts"}' }] },
    );
    mock.on(
      { userMessage: 'What is in a.ts?', hasToolResult: true },
      { content: 'A parser, and a bug in it.' },
    );
    const first = await ask([question]);
    expect(first).toMatchObject({
      finish: 'tool_calls',
      toolCalls: [{ name: 'read_file', arguments: { path: 'a.ts' } }],
    });
    const pieces: string[] = [];
    const results = first.toolCalls.map(({ id, name }) => ({
      callId: id,
      name,
      text: 'export {}',
      isError: false,
    }));
    const second = await ask(
      [question, { role: 'assistant', ...first }, { role: 'tool', results }],
      (delta) => pieces.push(delta),
    );
    expect(second).toMatchObject({ text: 'A parser, and a bug in it.', finish: 'stop', toolCalls: [] });
    expect(pieces.length).toBeGreaterThan(2);
  });

  it('fails with what the provider says', async () => {
    mock.on(
      { userMessage: 'What is in a.ts?' },
      { error: { message: 'slow down', type: 'rate_limit_error' }, status: 429 },
    );
    await expect(ask([question])).rejects.toMatchObject({ code: 'model_rate_limited', isRetryable: true });
  });

  it('fails when the provider hangs up', async () => {
    mock.on({ userMessage: 'What is in a.ts?' }, { content: 'never seen' });
    mock.setChaos({ disconnectRate: 1 });
    await expect(ask([question])).rejects.toMatchObject({ code: 'model_connection', isRetryable: true });
  });
});
