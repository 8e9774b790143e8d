import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { chatStream, type Script } from '../../adapters/ai-sdk/streams.ts';

/** What the agent does, turn by turn: one tool call each, then it stops. */
export type Turns = readonly { tool: string; args: object }[];

export interface Provider {
  url: string;
  /** Bodies of the requests so far. */
  requests: ChatBody[];
  keys: Set<string>;
  play(turns: Turns): void;
  /** Keeps requests waiting for ever; resolves when the first is there, `closed` when its sender has given it up. */
  hang(): Promise<{ closed: Promise<unknown> }>;
  /** Answers what hangs, and hangs no more. */
  release(): void;
  close(): void;
}

interface ChatBody {
  messages: { role: string; content: unknown }[];
  response_format?: { json_schema?: { schema?: unknown } };
}

/** Chat Completions on loopback: plays the agent's turns, and as the judge gives full marks, quoting `evidence`. */
export async function startProvider(evidence: string): Promise<Provider> {
  const requests: ChatBody[] = [];
  const keys = new Set<string>();
  const hanging: (() => void)[] = [];
  let turns: Turns = [];
  let onHung: ((request: { closed: Promise<unknown> }) => void) | null = null;
  const answer = (body: ChatBody): Script => {
    if (body.response_format !== undefined) return { text: [verdict(body, evidence)] };
    const turn = turns[body.messages.filter(({ role }) => role === 'assistant').length];
    if (turn === undefined) return { text: ['Done.'] };
    return { call: { id: `call_${requests.length}`, name: turn.tool, arguments: JSON.stringify(turn.args) } };
  };
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    keys.add(request.headers.authorization ?? '');
    const body = (await json(request)) as ChatBody;
    requests.push(body);
    const send = () =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(chatStream(answer(body)));
    if (onHung === null) return void send();
    hanging.push(send);
    onHung({ closed: once(response, 'close') });
  };
  const server = createServer((request, response) => void reply(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    keys,
    hang: async () =>
      new Promise((resolve) => {
        onHung = resolve;
      }),
    release: () => {
      onHung = null;
      for (const send of hanging.splice(0)) send();
    },
    play: (next) => {
      turns = next;
      onHung = null;
      requests.length = 0;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Every criterion that the schema asks for. */
function verdict(body: ChatBody, evidence: string): string {
  const text = JSON.stringify(body.response_format?.json_schema?.schema ?? {});
  const names = JSON.parse(/"enum":(\[[^\]]*\])/.exec(text)?.[1] ?? '[]') as string[];
  const criteria = names.map((name) => ({ name, score: 0.9, evidence }));
  return JSON.stringify({ criteria, summary: 'It holds.' });
}
