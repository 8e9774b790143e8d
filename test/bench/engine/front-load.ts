import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { answerCalls } from '../support/child.ts';
import { percentile } from '../support/statistics.ts';

export interface LoadOptions {
  port: number;
  connections: number;
  secret: string;
  /** As much as it takes, or at a fixed rate whatever the answers take. */
  pace: { kind: 'saturate'; seconds: number } | { kind: 'paced'; seconds: number; perSecond: number };
}

export interface LoadAnswer {
  perSecond: number;
  p99Ms: number;
  failed: number;
}

const PATH = '/api/github/webhooks';
const PAYLOAD_BYTES = 11_000;

if (process.send !== undefined) {
  answerCalls({
    load: async (options: LoadOptions) =>
      options.pace.kind === 'saturate'
        ? saturate(options, options.pace.seconds)
        : keepPace(options, options.pace),
  });
}

/** What makes a labelled issue as long as GitHub's are; quotes and newlines as Markdown has them. */
const TEXT = 'It "breaks" here:\n'.repeat(500).slice(0, PAYLOAD_BYTES - 1_000);

/** A labelled issue, signed, under an id of its own. */
function delivery(secret: string): { headers: Record<string, string>; body: string } {
  const id = randomUUID();
  const body = JSON.stringify({
    action: 'labeled',
    label: { id: 1, name: 'agent:triager' },
    repository: { id: 1, name: 'shop', full_name: 'octo/shop', owner: { id: 2, login: 'octo' } },
    installation: { id: 3 },
    sender: { id: 4, login: 'ada', type: 'User' },
    issue: { number: 1, title: id, body: TEXT },
  });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-delivery': id,
      'x-github-event': 'issues',
      'x-hub-signature-256': `sha256=${signature}`,
    },
  };
}

/** Every connection sends its next request when it has the answer to its last. */
async function saturate({ port, connections, secret }: LoadOptions, seconds: number): Promise<LoadAnswer> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const endsAt = performance.now() + seconds * 1_000;
  const latenciesMs: number[] = [];
  let failed = 0;
  const keepSending = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      const sentAt = performance.now();
      if (!(await post(agent, port, secret))) failed += 1;
      latenciesMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: connections }, keepSending));
  agent.destroy();
  return { perSecond: latenciesMs.length / seconds, p99Ms: percentile(latenciesMs, 0.99), failed };
}

/** Latencies count from when a request was due, so that a stall is not hidden by the requests that it held up. */
async function keepPace(
  { port, connections, secret }: LoadOptions,
  { seconds, perSecond }: { seconds: number; perSecond: number },
): Promise<LoadAnswer> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const startedAt = performance.now();
  const latenciesMs: number[] = [];
  let failed = 0;
  const sendDue = async (dueAt: number): Promise<void> => {
    if (!(await post(agent, port, secret))) failed += 1;
    latenciesMs.push(performance.now() - dueAt);
  };
  const sent: Promise<void>[] = [];
  while (sent.length < seconds * perSecond) {
    const dueAt = startedAt + (sent.length * 1_000) / perSecond;
    const early = dueAt - performance.now();
    if (early > 0) await pause(early);
    sent.push(sendDue(dueAt));
  }
  await Promise.all(sent);
  agent.destroy();
  return { perSecond, p99Ms: percentile(latenciesMs, 0.99), failed };
}

/** Whether it was taken: ours answers 202, bare Probot 200. */
async function post(agent: Agent, port: number, secret: string): Promise<boolean> {
  const { headers, body } = delivery(secret);
  return new Promise((resolve, reject) => {
    const sending = request({ agent, port, host: '127.0.0.1', path: PATH, method: 'POST', headers });
    sending.on('response', (response) => {
      response.resume().on('end', () => resolve(response.statusCode === 202 || response.statusCode === 200));
    });
    sending.on('error', reject).end(body);
  });
}
