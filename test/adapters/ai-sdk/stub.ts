import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One scripted answer; `cut` closes the socket after the body instead of ending it. */
export interface StubAnswer {
  status?: number;
  headers?: Record<string, string>;
  body: string;
  ending?: 'end' | 'cut' | 'hang';
}

export interface StubCall {
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

export interface Stub {
  url: string;
  calls: StubCall[];
  close(): Promise<void>;
}

/** An HTTP server on loopback that gives the answers in turn, the last one for ever. */
export async function startStub(answers: StubAnswer[]): Promise<Stub> {
  const calls: StubCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      calls.push({
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? {} : JSON.parse(text),
      });
      const answer = answers[Math.min(calls.length, answers.length) - 1] ?? {
        status: 500,
        body: 'no answer',
      };
      const type = (answer.status ?? 200) === 200 ? 'text/event-stream' : 'application/json';
      response.writeHead(answer.status ?? 200, { 'content-type': type, ...answer.headers });
      response.write(answer.body, () => {
        if (answer.ending === 'cut') response.socket?.destroy();
        else if (answer.ending !== 'hang') response.end();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Server-sent events as Anthropic and OpenAI's Responses write them: the event's name is its type. */
export function namedEvents(events: ({ type: string } & Record<string, unknown>)[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

/** Server-sent events without names, as Chat Completions and Gemini write them. */
export function plainEvents(events: object[], isDoneMarked = false): string {
  const lines = events.map((event) => `data: ${JSON.stringify(event)}\n\n`);
  return [...lines, ...(isDoneMarked ? ['data: [DONE]\n\n'] : [])].join('');
}
