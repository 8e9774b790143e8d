import { assistantModelMessageSchema } from 'ai';
import type { AssistantModelMessage, ModelMessage as SdkMessage, SystemModelMessage } from 'ai';
import { isPlainObject, toJson, type Json } from '../../domain/json.ts';
import type { ModelMessage, ModelRequest, ToolCall } from '../../ports/model.ts';

type AssistantMessage = Extract<ModelMessage, { role: 'assistant' }>;

const CACHE_MARK = { anthropic: { cacheControl: { type: 'ephemeral' } } } as const;

/** The assistant's turn as its provider gave it, for `ModelReply.raw`. */
export function toRaw(model: string, message: AssistantModelMessage): Json {
  return toJson({ model, content: message.content });
}

/**
 * The request's instructions and messages in the SDK's form. Anthropic caches up to a mark: one ends the
 * instructions (with the tools before them), two end the last two messages that are not the model's, so that
 * the next turn finds this one's mark however many tool results stand in between (the look-back is 20
 * blocks). The other providers cache by themselves and ignore the marks. A judge asks once: no marks, since
 * writing costs a quarter more.
 */
export function toPrompt(request: ModelRequest): {
  instructions?: SystemModelMessage;
  messages: SdkMessage[];
} {
  const isCached = request.purpose === 'work';
  const sent = request.messages.flatMap((message) => toSdkMessage(message, request.model));
  const marked = isCached
    ? lastTwo(sent.flatMap((message, index) => (message.role === 'assistant' ? [] : [index])))
    : [];
  return {
    ...(request.instructions === ''
      ? {}
      : { instructions: withMark({ role: 'system', content: request.instructions }, isCached) }),
    messages: sent.map((message, index) => withMark(message, marked.includes(index))),
  };
}

function lastTwo(indexes: number[]): number[] {
  return indexes.slice(-2);
}

function withMark<Message extends SdkMessage>(message: Message, isMarked: boolean): Message {
  return isMarked ? { ...message, providerOptions: CACHE_MARK } : message;
}

function toSdkMessage(message: ModelMessage, model: string): SdkMessage[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: message.text }];
    case 'assistant': {
      const content = rawContent(message.raw, model) ?? plainContent(message);
      // An empty turn is an error at Anthropic, and says nothing anywhere else.
      return content.length === 0 ? [] : [{ role: 'assistant', content }];
    }
    case 'tool':
      return [
        {
          role: 'tool',
          content: message.results.map((result) => ({
            type: 'tool-result' as const,
            toolCallId: result.callId,
            toolName: result.name,
            output: {
              type: result.isError ? ('error-text' as const) : ('text' as const),
              value: result.text,
            },
          })),
        },
      ];
  }
}

/** Signatures and item ids mean something to the model that made them only. */
function rawContent(raw: Json | null, model: string): AssistantModelMessage['content'] | null {
  if (!isPlainObject(raw) || raw['model'] !== model) return null;
  const parsed = assistantModelMessageSchema.safeParse({ role: 'assistant', content: raw['content'] });
  return parsed.success ? parsed.data.content : null;
}

function plainContent({ text, toolCalls }: AssistantMessage): AssistantModelMessage['content'] {
  return [
    ...(text === '' ? [] : [{ type: 'text' as const, text }]),
    ...toolCalls.map((call) => ({
      type: 'tool-call' as const,
      toolCallId: call.id,
      toolName: call.name,
      input: argumentsObject(call),
    })),
  ];
}

/** Providers refuse arguments that are no object, which a model may have written all the same. */
function argumentsObject(call: ToolCall): Record<string, unknown> {
  return isPlainObject(call.arguments) ? call.arguments : {};
}
