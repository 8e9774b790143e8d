import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { GitHubError } from './errors.ts';
import type { RestAnswer } from './rest/request.ts';
import type { SimulatorState } from './state.ts';

/** Reads the whole body as text; empty for requests without one. */
export async function readText(req: IncomingMessage): Promise<string> {
  return (await buffer(req)).toString('utf8');
}

/** Sends an answer with the headers that GitHub puts on each. `Date` is the simulator's time. */
export function send(state: SimulatorState, res: ServerResponse, answer: RestAnswer): void {
  const text = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
  res.writeHead(answer.status, {
    date: state.clock.now().toUTCString(),
    'x-github-request-id': `SIM:${state.nextId().toString(16).toUpperCase()}`,
    'x-github-media-type': 'github.v3; format=json',
    ...(text === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...answer.headers,
  });
  res.end(text);
}

/** A refusal in GitHub's form. */
export function refusal(error: GitHubError, headers: Record<string, string> = {}): RestAnswer {
  const { status, message, errors } = error;
  const body = {
    message,
    ...(errors.length === 0 ? {} : { errors }),
    documentation_url: 'https://docs.github.com/rest',
    status: String(status),
  };
  return { status, body, headers };
}
