import { MusterError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Model, ModelReply, ModelRequest } from '../ports/model.ts';
import { requestText, turnOf, type Cassette } from './cassette.ts';

export interface CassetteModelOptions {
  clock: Clock;
  /** Between two words, for a demo that looks alive; 0 or absent streams at once. */
  delayMs?: number;
}

/**
 * The model port on recorded replies. A reply is chosen by the request alone (purpose, agent, turn, then the
 * first whose `expects` all occur in it), so that a resumed run goes on where it was. Usage is as recorded.
 * A request without a reply throws `cassette_missing`, which names what to record.
 */
export function createCassetteModel(cassette: Cassette, options: CassetteModelOptions): Model {
  return {
    providers: [...new Set(cassette.recordedWith.map((model) => model.split('/', 1)[0] ?? model))],
    async generate(request, { signal, onText }) {
      throwIfAborted(signal);
      const reply = findReply(cassette, request);
      for (const piece of reply.text.match(/\S+\s*|^\s+/g) ?? []) {
        await pause(options, signal);
        onText?.(piece);
        throwIfAborted(signal);
      }
      return structuredClone(reply);
    },
  };
}

function findReply(cassette: Cassette, request: ModelRequest): ModelReply {
  const turn = turnOf(request);
  const candidates = cassette.replies.filter(
    (entry) => entry.purpose === request.purpose && entry.agent === request.agent && entry.turn === turn,
  );
  const text = candidates.some((entry) => entry.expects !== undefined) ? requestText(request) : '';
  const found = candidates.find((entry) => (entry.expects ?? []).every((part) => text.includes(part)));
  if (found !== undefined) return found.reply;
  const where = `${request.purpose} turn ${turn} of ${request.agent}`;
  const why =
    candidates.length === 0 ? 'none is recorded' : `none of ${candidates.length} expects this request`;
  throw new MusterError('cassette_missing', `The cassette has no reply for ${where}: ${why}`, {
    value: { purpose: request.purpose, agent: request.agent, turn },
  });
}

async function pause({ clock, delayMs = 0 }: CassetteModelOptions, signal: AbortSignal): Promise<void> {
  if (delayMs === 0) return;
  try {
    await clock.sleep(delayMs, signal);
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new MusterError('model_aborted', 'The model call was aborted');
}
