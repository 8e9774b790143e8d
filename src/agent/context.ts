import type { ModelMessage } from '../ports/model.ts';

/** English prose and code have about four bytes a token; three keeps the estimate on the safe side. */
const BYTES_PER_TOKEN = 3;

const CUT = '[left out to fit the context; call the tool again if you need it]';

/** An estimate from above of the tokens that a conversation takes. */
export function estimateTokens(messages: readonly ModelMessage[]): number {
  return Math.ceil(Buffer.byteLength(JSON.stringify(messages)) / BYTES_PER_TOKEN);
}

/**
 * The conversation within a token budget: the oldest tool results lose their text first, since the model can
 * read those again; what people said and what the model decided stays. Deterministic, so that a replay
 * sends what was sent.
 */
export function fitContext(messages: readonly ModelMessage[], maxTokens: number): ModelMessage[] {
  const fitted = [...messages];
  let excess = estimateTokens(fitted) - maxTokens;
  for (const [index, message] of fitted.entries()) {
    if (excess <= 0 || index >= fitted.length - 2) break;
    if (message.role !== 'tool') continue;
    const shortened: ModelMessage = {
      role: 'tool',
      results: message.results.map((result) =>
        result.text.length > CUT.length ? { ...result, text: CUT } : result,
      ),
    };
    excess -= estimateTokens([message]) - estimateTokens([shortened]);
    fitted[index] = shortened;
  }
  return fitted;
}
