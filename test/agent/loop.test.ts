import { describe, expect, it } from 'vitest';
import { estimateTokens, fitContext } from '../../src/agent/context.ts';
import { runAgent, type LoopInput, type LoopIo } from '../../src/agent/loop.ts';
import type { ModelMessage, ModelReply, ToolCall } from '../../src/ports/model.ts';
import { toolText, type Tool } from '../../src/ports/tool.ts';
import { NO_USAGE } from '../../src/domain/usage.ts';

const reply = (text: string, toolCalls: ToolCall[] = []): ModelReply => ({
  text,
  toolCalls,
  finish: toolCalls.length > 0 ? 'tool_calls' : 'stop',
  usage: NO_USAGE,
  raw: null,
});
const call = (name: string, args: ToolCall['arguments'] = {}): ToolCall => ({
  id: name,
  name,
  arguments: args,
});

const comment: Tool = {
  schema: { name: 'propose_comment', description: '', parameters: { type: 'object' } },
  run: async (args) =>
    toolText('noted', {
      proposal: { kind: 'comment', body: (args as { body: string }).body },
    }),
};

const input = (overrides: Partial<LoopInput> = {}): LoopInput => ({
  agent: 'a',
  model: 'x/y',
  instructions: '',
  messages: [{ role: 'user', text: 'go' }],
  tools: [comment],
  maxTurns: 5,
  maxContextTokens: 10_000,
  maxOutputTokens: 100,
  privacy: { hide: (text) => text, reveal: (text) => text },
  ...overrides,
});

function scripted(
  replies: ModelReply[],
  overrides: Partial<LoopIo> = {},
): LoopIo & { requests: ModelMessage[][] } {
  const requests: ModelMessage[][] = [];
  return {
    requests,
    turn: async (_number, request) => {
      requests.push(request.messages);
      const next = replies[requests.length - 1];
      return next === undefined ? { kind: 'over_budget' } : { kind: 'reply', reply: next };
    },
    call: async (_turn, _index, _call, run) => run(),
    isOutOfTime: async () => false,
    signal: new AbortController().signal,
    ...overrides,
  };
}

describe('the agent loop', () => {
  it('ends when the model stops calling tools, with its proposals numbered in order', async () => {
    const io = scripted([
      reply('', [call('propose_comment', { body: 'one' }), call('propose_comment', { body: 'two' })]),
      reply('done'),
    ]);
    const result = await runAgent(input(), io);
    expect(result).toMatchObject({ stop: 'finished', turns: 2 });
    expect(result.proposals).toEqual([
      { id: 'p1', kind: 'comment', body: 'one' },
      { id: 'p2', kind: 'comment', body: 'two' },
    ]);
  });

  it('tells the model the tools it has when it calls one that it has not', async () => {
    const io = scripted([
      reply('', [call('rm_rf')]),
      reply('', [call('propose_comment', { body: 'x' })]),
      reply(''),
    ]);
    await runAgent(input(), io);
    expect(JSON.stringify(io.requests[1])).toContain('propose_comment');
  });

  it('asks once for a proposal when the model ends without one, and then takes the end as it is', async () => {
    const io = scripted([reply('All done!'), reply('Really.')]);
    const result = await runAgent(input(), io);
    expect(io.requests).toHaveLength(2);
    expect(result).toMatchObject({ stop: 'finished', proposals: [] });
  });

  it('stops at the turn limit, at the budget and at the clock with what was proposed by then', async () => {
    const busy = [1, 2, 3].map((n) => reply('', [call('propose_comment', { body: String(n) })]));
    expect(await runAgent(input({ maxTurns: 2 }), scripted(busy))).toMatchObject({
      stop: 'turns_used',
      turns: 2,
    });
    const poor = await runAgent(input(), scripted(busy.slice(0, 1)));
    expect(poor.stop).toBe('over_budget');
    expect(poor.proposals).toHaveLength(1);
    const late = scripted(busy, { isOutOfTime: async (turn) => turn > 1 });
    expect(await runAgent(input(), late)).toMatchObject({ stop: 'timed_out', turns: 1 });
  });

  it('stops at once when it is aborted', async () => {
    const controller = new AbortController();
    controller.abort(new Error('cancelled'));
    await expect(runAgent(input(), scripted([], { signal: controller.signal }))).rejects.toThrow('cancelled');
  });

  it('hides personal data from the model and gives it back to tools', async () => {
    const seen: unknown[] = [];
    const tool: Tool = {
      schema: { name: 'look', description: '', parameters: {} },
      run: async (args) => {
        seen.push(args);
        return toolText('ada@corp.test');
      },
    };
    const privacy = {
      hide: (text: string) => text.replaceAll('ada@corp.test', 'TOKEN'),
      reveal: (text: string) => text.replaceAll('TOKEN', 'ada@corp.test'),
    };
    const io = scripted([reply('', [call('look', { nested: ['TOKEN'] })]), reply(''), reply('')]);
    await runAgent(input({ tools: [tool], privacy }), io);
    expect(seen).toEqual([{ nested: ['ada@corp.test'] }]);
    expect(JSON.stringify(io.requests)).not.toContain('ada@corp.test');
  });
});

describe('the context', () => {
  const tool = (text: string): ModelMessage => ({
    role: 'tool',
    results: [{ callId: 'c', name: 'read_file', text, isError: false }],
  });

  it('gives up the oldest tool results first and keeps what people and the model said', () => {
    const messages: ModelMessage[] = [
      { role: 'user', text: 'task' },
      tool('a'.repeat(3_000)),
      tool('b'.repeat(3_000)),
      tool('c'.repeat(3_000)),
    ];
    const fitted = fitContext(messages, 2_400);
    expect(estimateTokens(fitted)).toBeLessThanOrEqual(2_400);
    expect(fitted[0]).toEqual(messages[0]);
    expect(fitted[3]).toEqual(messages[3]);
    expect(JSON.stringify(fitted[1])).toContain('left out');
  });

  it('leaves a conversation that fits untouched', () => {
    const messages: ModelMessage[] = [{ role: 'user', text: 'task' }, tool('a')];
    expect(fitContext(messages, 1_000)).toEqual(messages);
  });
});
