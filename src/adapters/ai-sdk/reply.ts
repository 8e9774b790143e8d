import type { FinishReason, LanguageModelUsage, StreamTextResult, ToolSet } from 'ai';
import { toJson } from '../../domain/json.ts';
import type { ModelReply, ModelRequest, ToolCall } from '../../ports/model.ts';
import { abortedError, failedReplyError, interruptedError } from './failure.ts';
import { toRaw } from './prompt.ts';
import { toTokenUsage } from './usage.ts';

/** What one turn of `streamText` is read from. */
type Turn = Pick<StreamTextResult<ToolSet, Record<string, unknown>, never>, 'stream' | 'responseMessages'>;

/**
 * Reads one streamed turn to its end. Whatever keeps it from its end is thrown, so that half an answer is
 * never taken for a whole one: an error in the stream, an abort, a stream that stops without saying why.
 */
export async function readReply(
  turn: Turn,
  request: ModelRequest,
  onText: ((delta: string) => void) | undefined,
): Promise<ModelReply> {
  let text = '';
  const toolCalls: ToolCall[] = [];
  let end: { finish: FinishReason; usage: LanguageModelUsage } | null = null;
  for await (const part of turn.stream) {
    if (part.type === 'text-delta') {
      text += part.text;
      onText?.(part.text);
    } else if (part.type === 'tool-call') {
      toolCalls.push({ id: part.toolCallId, name: part.toolName, arguments: toJson(part.input) });
    } else if (part.type === 'finish-step') {
      end = { finish: part.finishReason, usage: part.usage };
    } else if (part.type === 'error') {
      throw part.error;
    } else if (part.type === 'abort') {
      throw abortedError();
    }
  }
  if (end === null || end.finish === 'interrupted') throw interruptedError(request.model);
  if (end.finish === 'error') throw failedReplyError(request.model);
  const message = (await turn.responseMessages).find(({ role }) => role === 'assistant');
  return {
    text,
    toolCalls,
    finish: toFinish(end.finish, toolCalls.length > 0),
    usage: toTokenUsage(end.usage, {
      inputBytes: () => Buffer.byteLength(JSON.stringify(request)),
      outputBytes: () => Buffer.byteLength(text + (toolCalls.length > 0 ? JSON.stringify(toolCalls) : '')),
    }),
    raw: message?.role === 'assistant' ? toRaw(request.model, message) : null,
  };
}

/** Some compatible servers say `stop` where the model waits for its tools. */
function toFinish(
  reason: Exclude<FinishReason, 'interrupted' | 'error'>,
  hasToolCalls: boolean,
): ModelReply['finish'] {
  switch (reason) {
    case 'stop':
    case 'other':
      return hasToolCalls ? 'tool_calls' : reason;
    case 'length':
      return reason;
    case 'tool-calls':
      return 'tool_calls';
    case 'content-filter':
      return 'content_filter';
  }
}
