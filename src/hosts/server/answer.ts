import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long, and how much, a sender that was refused may go on before it is cut off. */
const LINGER_MS = 500;
const LINGER_BYTES = 1024 * 1024;

/** The body and its media type. */
export interface Answer {
  status: number;
  text: string;
  type: 'application/json' | 'text/plain; charset=utf-8';
  headers?: Record<string, string>;
}

/** An answer in JSON. */
export function json(status: number, value: object): Answer {
  return { status, text: JSON.stringify(value), type: 'application/json' };
}

/** An answer in plain text. */
export function text(status: number, words: string, headers: Record<string, string> = {}): Answer {
  return { status, text: `${words}\n`, type: 'text/plain; charset=utf-8', headers };
}

/** Sends an answer to a request whose body has been read, or that has none. */
export function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, headersOf(answer)).end(answer.text);
}

/**
 * Refuses a request whose body has not been read. Closing at once would reset the connection under a sender
 * that is still writing, which then never sees the answer; reading on would be what it wants. So the answer
 * is written, a little is thrown away for a little while, and then the connection is cut.
 */
export function refuse(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (request.complete || !announcesBody(request)) return send(response, answer);
  response.writeHead(answer.status, { ...headersOf(answer), connection: 'close' });
  if (request.method !== 'HEAD') response.write(answer.text);
  let left = LINGER_BYTES;
  const cut = (): void => {
    clearTimeout(timer);
    response.end();
    request.destroy();
  };
  const timer = setTimeout(cut, LINGER_MS);
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) cut();
  });
  request.on('end', cut).on('error', cut);
}

function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function headersOf({ text, type, headers }: Answer): Record<string, string | number> {
  return {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  };
}
