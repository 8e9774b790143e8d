import { z } from 'zod';
import { MusterError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type { ModelReply, ModelRequest } from '../ports/model.ts';

/** One recorded turn. */
export interface CassetteReply {
  purpose: ModelRequest['purpose'];
  agent: string;
  /** How many assistant messages the request carries; a judge's first question is turn 0. */
  turn: number;
  reply: ModelReply;
  /** Texts that all have to occur in the request: they choose among replies of the same turn. */
  expects?: string[] | undefined;
}

/** Recorded replies of models, as JSON: what demos, simulations and tests run on without a key. */
export interface Cassette {
  format: 1;
  /** The models that gave the replies, `provider/model`. */
  recordedWith: string[];
  replies: CassetteReply[];
}

const json: z.ZodType<Json> = z.json();
const tokens = z.int().nonnegative();

const replySchema: z.ZodType<CassetteReply> = z.strictObject({
  purpose: z.enum(['work', 'judge']),
  agent: z.string().min(1),
  turn: z.int().nonnegative(),
  expects: z.array(z.string().min(1)).optional(),
  reply: z.strictObject({
    text: z.string(),
    toolCalls: z.array(z.strictObject({ id: z.string().min(1), name: z.string().min(1), arguments: json })),
    finish: z.enum(['stop', 'tool_calls', 'length', 'content_filter', 'other']),
    usage: z.strictObject({
      inputTokens: tokens,
      cachedInputTokens: tokens,
      cacheWriteTokens: tokens,
      outputTokens: tokens,
      reasoningTokens: tokens,
    }),
    raw: json,
  }),
});

const cassetteSchema: z.ZodType<Cassette> = z.strictObject({
  format: z.literal(1),
  recordedWith: z.array(z.string().regex(/^[^/\s]+\/\S+$/, 'expected provider/model')).min(1),
  replies: z.array(replySchema),
});

/**
 * A cassette from parsed JSON. Throws `invalid_cassette` with every place that is wrong, as
 * `replies[2].reply.usage: …`; `name` is for that message.
 */
export function parseCassette(value: unknown, name: string): Cassette {
  const parsed = cassetteSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${pathOf(issue.path)}: ${issue.message}`);
  throw new MusterError('invalid_cassette', `${name} is no cassette: ${problems.join('; ')}`, {
    value: problems,
  });
}

/** All that a request says, for `expects`: instructions, messages, tool calls and results. */
export function requestText(request: ModelRequest): string {
  const messages = request.messages.map((message) => {
    switch (message.role) {
      case 'user':
        return message.text;
      case 'assistant':
        return `${message.text}\n${message.toolCalls.map((call) => JSON.stringify(call.arguments)).join('\n')}`;
      case 'tool':
        return message.results.map((result) => result.text).join('\n');
    }
  });
  return [request.instructions, ...messages].join('\n');
}

/** Where a request stands in its conversation; the same after a restart as before it. */
export function turnOf(request: ModelRequest): number {
  return request.messages.filter((message) => message.role === 'assistant').length;
}

function pathOf(path: PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '') || 'the file';
}
