import { namedEvents, plainEvents } from './stub.ts';

/** What a stubbed provider is to say, whatever the protocol. */
export interface Script {
  text?: string[];
  call?: { id: string; name: string; arguments: string };
  /** Total input, cached input, total output, reasoning in it. */
  usage?: { input: number; cached: number; output: number; reasoning: number };
  /** Anthropic only, beside `usage`. */
  cacheWrite?: number;
}

const USAGE = { input: 120, cached: 20, output: 30, reasoning: 10 };

/** Anthropic Messages. */
export function anthropicStream({ text = [], call, usage = USAGE, cacheWrite = 0 }: Script): string {
  const block = (index: number, start: object, deltas: object[]) => [
    { type: 'content_block_start', index, content_block: start },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
  return namedEvents([
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
        usage: {
          input_tokens: usage.input - usage.cached - cacheWrite,
          cache_read_input_tokens: usage.cached,
          cache_creation_input_tokens: cacheWrite,
          output_tokens: 1,
        },
      },
    },
    ...(text.length === 0
      ? []
      : block(
          0,
          { type: 'text', text: '' },
          text.map((piece) => ({ type: 'text_delta', text: piece })),
        )),
    ...(call === undefined
      ? []
      : block(1, { type: 'tool_use', id: call.id, name: call.name, input: {} }, [
          { type: 'input_json_delta', partial_json: call.arguments },
        ])),
    {
      type: 'message_delta',
      delta: { stop_reason: call === undefined ? 'end_turn' : 'tool_use', stop_sequence: null },
      usage: { output_tokens: usage.output, output_tokens_details: { thinking_tokens: usage.reasoning } },
    },
    { type: 'message_stop' },
  ]);
}

/** OpenAI Responses. */
export function openaiStream({ text = [], call, usage = USAGE }: Script): string {
  const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'gpt-5', output: [] };
  const whole = text.join('');
  return namedEvents([
    { type: 'response.created', response: { ...response, status: 'in_progress' } },
    ...(text.length === 0
      ? []
      : [
          {
            type: 'response.output_item.added',
            output_index: 0,
            item: { id: 'msg_1', type: 'message', status: 'in_progress', role: 'assistant', content: [] },
          },
          ...text.map((delta) => ({
            type: 'response.output_text.delta',
            item_id: 'msg_1',
            output_index: 0,
            content_index: 0,
            delta,
          })),
          {
            type: 'response.output_item.done',
            output_index: 0,
            item: {
              id: 'msg_1',
              type: 'message',
              status: 'completed',
              role: 'assistant',
              content: [{ type: 'output_text', text: whole, annotations: [] }],
            },
          },
        ]),
    ...(call === undefined
      ? []
      : [
          {
            type: 'response.output_item.added',
            output_index: 1,
            item: {
              id: 'fc_1',
              type: 'function_call',
              call_id: call.id,
              name: call.name,
              arguments: '',
              status: 'in_progress',
            },
          },
          {
            type: 'response.function_call_arguments.delta',
            item_id: 'fc_1',
            output_index: 1,
            delta: call.arguments,
          },
          {
            type: 'response.output_item.done',
            output_index: 1,
            item: {
              id: 'fc_1',
              type: 'function_call',
              call_id: call.id,
              name: call.name,
              arguments: call.arguments,
              status: 'completed',
            },
          },
        ]),
    {
      type: 'response.completed',
      response: {
        ...response,
        status: 'completed',
        usage: {
          input_tokens: usage.input,
          input_tokens_details: { cached_tokens: usage.cached },
          output_tokens: usage.output,
          output_tokens_details: { reasoning_tokens: usage.reasoning },
          total_tokens: usage.input + usage.output,
        },
      },
    },
  ]);
}

/** Gemini's streamGenerateContent. */
export function googleStream({ text = [], call, usage = USAGE }: Script): string {
  const parts = [
    ...text.map((piece) => ({ text: piece })),
    ...(call === undefined
      ? []
      : [{ functionCall: { id: call.id, name: call.name, args: JSON.parse(call.arguments) } }]),
  ];
  return plainEvents(
    parts.map((part, index) => ({
      candidates: [
        {
          content: { role: 'model', parts: [part] },
          index: 0,
          ...(index === parts.length - 1 ? { finishReason: 'STOP' } : {}),
        },
      ],
      usageMetadata: {
        promptTokenCount: usage.input,
        cachedContentTokenCount: usage.cached,
        candidatesTokenCount: usage.output - usage.reasoning,
        thoughtsTokenCount: usage.reasoning,
        totalTokenCount: usage.input + usage.output,
      },
    })),
  );
}

/** Chat Completions. */
export function chatStream({ text = [], call, usage = USAGE }: Script): string {
  const chunk = (choice: object | null, extra: object = {}) => ({
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'qwen3',
    choices: choice === null ? [] : [{ index: 0, ...choice }],
    ...extra,
  });
  return plainEvents(
    [
      ...text.map((content) => chunk({ delta: { role: 'assistant', content }, finish_reason: null })),
      ...(call === undefined
        ? []
        : [
            chunk({
              delta: {
                tool_calls: [
                  {
                    index: 0,
                    id: call.id,
                    type: 'function',
                    function: { name: call.name, arguments: call.arguments },
                  },
                ],
              },
              finish_reason: null,
            }),
          ]),
      chunk({ delta: {}, finish_reason: call === undefined ? 'stop' : 'tool_calls' }),
      chunk(null, {
        usage: {
          prompt_tokens: usage.input,
          prompt_tokens_details: { cached_tokens: usage.cached },
          completion_tokens: usage.output,
          completion_tokens_details: { reasoning_tokens: usage.reasoning },
          total_tokens: usage.input + usage.output,
        },
      }),
    ],
    true,
  );
}
