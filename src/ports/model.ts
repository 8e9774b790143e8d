import type { Json, JsonObject } from '../domain/json.ts';
import type { TokenUsage } from '../domain/usage.ts';

export interface ToolSchema {
  name: string;
  description: string;
  /** JSON Schema of the arguments, `type: object`. */
  parameters: JsonObject;
}

export interface ToolCall {
  id: string;
  name: string;
  /** As the model wrote them: not validated. */
  arguments: Json;
}

export type ModelMessage =
  | { role: 'user'; text: string }
  | {
      role: 'assistant';
      text: string;
      toolCalls: ToolCall[];
      /** The provider's own form (signatures, reasoning items), sent back untouched to the same model. */
      raw: Json | null;
      /**
       * What that model's provider counted up to and including this turn (`inputTokens + outputTokens` of its
       * reply): bounds the next call's input far closer than an estimate, while instructions and tools stay.
       */
      measured?: { model: string; tokens: number };
    }
  | { role: 'tool'; results: { callId: string; name: string; text: string; isError: boolean }[] };

/** One turn. Plain JSON, so that its digest can be recorded. */
export interface ModelRequest {
  /** `provider/model`. */
  model: string;
  purpose: 'work' | 'judge';
  /** The agent's name, for cassettes and spans. */
  agent: string;
  instructions: string;
  messages: ModelMessage[];
  tools: ToolSchema[];
  maxOutputTokens: number;
  /** When set, the reply's text is one JSON object of this JSON Schema. */
  output: { name: string; schema: JsonObject } | null;
}

export interface ModelReply {
  text: string;
  toolCalls: ToolCall[];
  finish: 'stop' | 'tool_calls' | 'length' | 'content_filter' | 'other';
  usage: TokenUsage;
  /** The provider's own form of this turn, for `ModelMessage.raw`. */
  raw: Json | null;
}

/** Failures of a model call, by what can be done about them. */
export type ModelFailure =
  | 'authentication'
  | 'quota'
  | 'rate_limited'
  | 'overloaded'
  | 'context_too_long'
  | 'invalid_request'
  | 'connection'
  | 'aborted';

/**
 * One turn of one model, streamed. Never retries: the caller owns that. Throws `MusterError` whose `code`
 * is `model_<ModelFailure>`, `isRetryable` where the same call may succeed later and `value` at most
 * `{ status, retryAfterMs, mayBeBilled }`; `mayBeBilled: true` where the provider may have worked all the same.
 */
export interface Model {
  generate(
    request: ModelRequest,
    context: { signal: AbortSignal; onText?: (delta: string) => void },
  ): Promise<ModelReply>;
  /** Providers whose key is present, in order of preference. */
  readonly providers: readonly string[];
}
