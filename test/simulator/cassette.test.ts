import { describe, expect, it } from 'vitest';
import { parseCassette, type Cassette, type CassetteReply } from '../../src/simulator/cassette.ts';
import { createCassetteModel } from '../../src/simulator/cassette-model.ts';
import { createRecordingModel } from '../../src/simulator/cassette-recorder.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Model, ModelMessage, ModelReply, ModelRequest } from '../../src/ports/model.ts';
import { CONTRACT_TURNS, describesModel, modelRequest } from '../contracts/model.ts';

const signal = new AbortController().signal;

/** Time that passes at once, but ends with the signal. */
const clock: Clock = {
  now: () => new Date(0),
  sleep: (_, abort) => (abort?.aborted ? Promise.reject(abort.reason as Error) : Promise.resolve()),
};

function reply(overrides: Partial<ModelReply> = {}): ModelReply {
  return {
    text: 'ok',
    toolCalls: [],
    finish: 'stop',
    usage: {
      inputTokens: 100,
      cachedInputTokens: 50,
      cacheWriteTokens: 0,
      outputTokens: 9,
      reasoningTokens: 3,
    },
    raw: null,
    ...overrides,
  };
}

function entry(overrides: Partial<CassetteReply> = {}): CassetteReply {
  return { purpose: 'work', agent: 'triager', turn: 0, reply: reply(), ...overrides };
}

function cassette(replies: CassetteReply[]): Cassette {
  return { format: 1, recordedWith: ['anthropic/claude-sonnet-4-5', 'openai/gpt-5'], replies };
}

const textOf = async (model: Model, request: Partial<ModelRequest> = {}) =>
  (await model.generate(modelRequest(request), { signal })).text;

const said = (text: string): ModelMessage => ({ role: 'assistant', text, toolCalls: [], raw: null });

describe('a cassette as a model', () => {
  const turns: Record<'text' | 'call' | 'json' | 'slow', ModelReply> = {
    text: reply({ text: CONTRACT_TURNS.text.join('') }),
    call: reply({ text: '', toolCalls: [CONTRACT_TURNS.call], finish: 'tool_calls' }),
    json: reply({ text: JSON.stringify(CONTRACT_TURNS.json) }),
    slow: reply({ text: 'one two three' }),
  };
  describesModel((turn) =>
    Promise.resolve({
      model: createCassetteModel(cassette([entry({ reply: turns[turn] })]), { clock, delayMs: 1 }),
      name: 'anthropic/claude-sonnet-4-5',
    }),
  );
});

describe('createCassetteModel', () => {
  const open = (replies: CassetteReply[]) => createCassetteModel(cassette(replies), { clock });

  it('has the providers that it was recorded with', () => {
    expect(open([]).providers).toEqual(['anthropic', 'openai']);
  });

  it('answers the turn that the conversation has reached, in any order and again', async () => {
    const model = open([
      entry({ reply: reply({ text: 'first' }) }),
      entry({ turn: 1, reply: reply({ text: 'second' }) }),
    ]);
    const later: ModelMessage[] = [
      { role: 'user', text: 'Go.' },
      said('first'),
      { role: 'user', text: 'Go on.' },
    ];
    expect(await textOf(model, { messages: later })).toBe('second');
    expect(await textOf(model)).toBe('first');
    expect(await textOf(model, { messages: later })).toBe('second');
  });

  it('keeps agents and purposes apart', async () => {
    const model = open([
      entry({ purpose: 'judge', reply: reply({ text: 'judged' }) }),
      entry({ agent: 'other', reply: reply({ text: 'another' }) }),
      entry({ reply: reply({ text: 'worked' }) }),
    ]);
    expect(await textOf(model)).toBe('worked');
    expect(await textOf(model, { purpose: 'judge' })).toBe('judged');
  });

  it('takes the first reply of the turn that expects what the request says', async () => {
    const model = open([
      entry({ expects: ['round 2', 'parser'], reply: reply({ text: 'both' }) }),
      entry({ expects: ['crashes'], reply: reply({ text: 'one' }) }),
      entry({ reply: reply({ text: 'any' }) }),
    ]);
    expect(
      await textOf(model, { instructions: 'round 2', messages: [{ role: 'user', text: 'parser' }] }),
    ).toBe('both');
    expect(await textOf(model)).toBe('one');
    expect(await textOf(model, { messages: [{ role: 'user', text: 'hello' }] })).toBe('any');
  });

  it('finds what it expects in tool results and arguments too', async () => {
    const model = open([entry({ turn: 1, expects: ['no such file', 'src/a.ts'] })]);
    const messages: ModelMessage[] = [
      {
        role: 'assistant',
        text: '',
        toolCalls: [{ id: 'c', name: 'read_file', arguments: { path: 'src/a.ts' } }],
        raw: null,
      },
      { role: 'tool', results: [{ callId: 'c', name: 'read_file', text: 'no such file', isError: true }] },
    ];
    expect(await textOf(model, { messages })).toBe('ok');
  });

  it('names what is missing', async () => {
    await expect(textOf(open([entry({ expects: ['never said'] })]))).rejects.toMatchObject({
      code: 'cassette_missing',
      message: 'The cassette has no reply for work turn 0 of triager: none of 1 expects this request',
      value: { purpose: 'work', agent: 'triager', turn: 0 },
      isRetryable: false,
    });
    await expect(textOf(open([]), { purpose: 'judge' })).rejects.toThrow(
      'judge turn 0 of triager: none is recorded',
    );
  });

  it('hands out replies that a caller may change', async () => {
    const model = open([
      entry({ reply: reply({ toolCalls: [{ id: 'c', name: 'n', arguments: { a: 1 } }] }) }),
    ]);
    const first = await model.generate(modelRequest(), { signal });
    first.toolCalls.length = 0;
    expect((await model.generate(modelRequest(), { signal })).toolCalls).toHaveLength(1);
  });

  it('waits between words where it is to look alive', async () => {
    const waits: number[] = [];
    const slow: Clock = { ...clock, sleep: (ms) => Promise.resolve(void waits.push(ms)) };
    const model = createCassetteModel(cassette([entry({ reply: reply({ text: ' one two\nthree' }) })]), {
      clock: slow,
      delayMs: 20,
    });
    const pieces: string[] = [];
    await model.generate(modelRequest(), { signal, onText: (delta) => pieces.push(delta) });
    expect(pieces).toEqual([' ', 'one ', 'two\n', 'three']);
    expect(waits).toEqual([20, 20, 20, 20]);
  });
});

describe('parseCassette', () => {
  it('takes what JSON keeps of a cassette', () => {
    const whole = cassette([entry({ expects: ['x'] })]);
    expect(parseCassette(JSON.parse(JSON.stringify(whole)), 'demo.json')).toEqual(whole);
  });

  it.each([
    ['another format', { ...cassette([]), format: 2 }, 'format'],
    ['a word for a turn', cassette([{ ...entry(), turn: 'one' as unknown as number }]), 'replies[0].turn'],
    [
      'a negative count',
      cassette([entry({ reply: reply({ usage: { ...reply().usage, outputTokens: -1 } }) })]),
      'replies[0].reply.usage.outputTokens',
    ],
    ['a key too many', { ...cassette([]), extra: 1 }, 'extra'],
    [
      'a model without a provider',
      { ...cassette([]), recordedWith: ['gpt-5'] },
      'recordedWith[0]: expected provider/model',
    ],
    ['no object', 'cassette', 'the file'],
  ])('refuses %s and says where', (_, value, where) => {
    expect(() => parseCassette(value, 'demo.json')).toThrow(`demo.json is no cassette`);
    expect(() => parseCassette(value, 'demo.json')).toThrow(where);
  });
});

describe('createRecordingModel', () => {
  const scrub = (text: string) => text.replaceAll('hunter2', '[removed]');

  /** Says what the last message says, in capitals. */
  const inner: Model = {
    providers: ['anthropic'],
    generate: (request) => {
      const last = request.messages.at(-1);
      if (last?.role !== 'user') return Promise.reject(new Error('nothing to say'));
      return Promise.resolve(
        reply({
          text: last.text.toUpperCase().replaceAll('HUNTER2', 'hunter2'),
          toolCalls: [{ id: 'c', name: 'n', arguments: { list: ['hunter2', 1, null], hunter2: true } }],
          raw: { blob: 'hunter2' },
        }),
      );
    },
  };
  const saying = (text: string): Partial<ModelRequest> => ({ messages: [{ role: 'user', text }] });

  it('gives the reply as it is, and keeps it without secrets', async () => {
    const model = createRecordingModel(inner, { scrub });
    expect(await textOf(model, saying('my password is hunter2'))).toBe('MY PASSWORD IS hunter2');
    const kept = model.cassette();
    expect(JSON.stringify(kept)).not.toContain('hunter2');
    expect(kept.replies).toMatchObject([
      {
        turn: 0,
        reply: {
          text: 'MY PASSWORD IS [removed]',
          toolCalls: [{ arguments: { list: ['[removed]', 1, null], '[removed]': true } }],
          raw: null,
        },
      },
    ]);
  });

  it('replays what it recorded, replies of one turn told apart by their requests', async () => {
    const model = createRecordingModel(inner, { scrub });
    const requests = ['Judge this text.', 'Judge this text.\nround two of it', 'Judge that other text.'].map(
      saying,
    );
    const live: string[] = [];
    for (const request of requests) live.push(await textOf(model, request));
    const replayed = createCassetteModel(parseCassette(model.cassette(), 'recording'), { clock });
    const again = await Promise.all(requests.map((request) => textOf(replayed, request)));
    expect(again).toEqual(live);
  });

  it('keeps one reply of calls that can not be told apart', async () => {
    const model = createRecordingModel(inner, { scrub });
    await textOf(model, saying('the same words'));
    await textOf(model, saying('the same words'));
    expect(model.cassette().replies).toHaveLength(1);
  });

  it('keeps nothing of a call that failed', async () => {
    const model = createRecordingModel(inner, { scrub });
    await expect(textOf(model, { messages: [] })).rejects.toThrow('nothing to say');
    await textOf(model, saying('hello there'));
    expect(model.cassette().replies).toHaveLength(1);
  });
});
