import { toJson, type Json } from '../domain/json.ts';
import type { Model, ModelReply } from '../ports/model.ts';
import { parseCassette, requestText, turnOf, type Cassette, type CassetteReply } from './cassette.ts';

interface Recorded {
  model: string;
  /** The request's text, scrubbed. */
  text: string;
  entry: CassetteReply;
}

/** Shorter lines say too little to tell two requests apart. */
const MIN_EXPECTED_LENGTH = 8;

/**
 * The same model, which also remembers what it answered; calls that failed leave nothing. `scrub` takes
 * secrets out of every text that is kept.
 */
export function createRecordingModel(
  inner: Model,
  options: { scrub: (text: string) => string },
): Model & { cassette(): Cassette } {
  const recorded: Recorded[] = [];
  return {
    providers: inner.providers,
    async generate(request, context) {
      const reply = await inner.generate(request, context);
      recorded.push({
        model: request.model,
        text: options.scrub(requestText(request)),
        entry: {
          purpose: request.purpose,
          agent: request.agent,
          turn: turnOf(request),
          reply: scrubbedReply(reply, options.scrub),
        },
      });
      return reply;
    },
    cassette: () => toCassette(recorded),
  };
}

function toCassette(recorded: Recorded[]): Cassette {
  const groups = Map.groupBy(recorded, ({ entry }) => `${entry.purpose} ${entry.turn} ${entry.agent}`);
  const cassette = {
    format: 1,
    recordedWith: [...new Set(recorded.map(({ model }) => model))],
    replies: [...groups.values()].flatMap(toldApart),
  };
  return parseCassette(cassette, 'The recording');
}

/**
 * Replies of one turn (another round, a sub-agent called twice), each with a line of its request that no other
 * request of the group has. One that has none of its own stands last, where it takes what the others leave.
 */
function toldApart(group: Recorded[]): CassetteReply[] {
  if (group.length === 1) return group.map(({ entry }) => entry);
  const replies = group.map(({ text, entry }, index) => {
    const others = group.filter((_, other) => other !== index).map((recorded) => recorded.text);
    const line = text
      .split('\n')
      .map((part) => part.trim())
      .find((part) => part.length >= MIN_EXPECTED_LENGTH && !others.some((other) => other.includes(part)));
    return line === undefined ? entry : { ...entry, expects: [line] };
  });
  return [
    ...replies.filter((reply) => reply.expects !== undefined),
    ...replies.filter((reply) => reply.expects === undefined).slice(0, 1),
  ];
}

/** The provider's own form is left out: it can't be replayed, and its encrypted parts can't be scrubbed. */
function scrubbedReply(reply: ModelReply, scrub: (text: string) => string): ModelReply {
  return {
    ...reply,
    text: scrub(reply.text),
    toolCalls: reply.toolCalls.map((call) => ({
      id: scrub(call.id),
      name: scrub(call.name),
      arguments: scrubbedJson(call.arguments, scrub),
    })),
    raw: null,
  };
}

function scrubbedJson(value: Json, scrub: (text: string) => string): Json {
  if (typeof value === 'string') return scrub(value);
  if (Array.isArray(value)) return value.map((item) => scrubbedJson(item, scrub));
  if (typeof value !== 'object' || value === null) return value;
  return toJson(
    Object.fromEntries(Object.entries(value).map(([key, item]) => [scrub(key), scrubbedJson(item, scrub)])),
  );
}
