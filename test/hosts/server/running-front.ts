import { createHmac } from 'node:crypto';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Delivery } from '../../../src/hosts/server/delivery.ts';
import { createFront, type FrontOptions } from '../../../src/hosts/server/front.ts';
import type { WebhookIntake } from '../../../src/hosts/server/webhook.ts';
import { SILENT } from '../../adapters/octokit/stub-github.ts';

const SECRET = 'a secret of this test';

export const WEBHOOK = '/api/github/webhooks';
export const BODY = JSON.stringify({ action: 'opened', issue: { number: 1 } });

type Take = (delivery: Delivery) => Promise<'stored' | 'duplicate'>;
type StartOptions = Partial<Omit<FrontOptions, 'webhook'>> & { webhook?: () => WebhookIntake | null };

/** A front on loopback, with what its webhook took. */
export interface RunningFront {
  origin: string;
  taken: Delivery[];
  deliver(body?: string, changes?: Record<string, string | undefined>): Promise<Response>;
  /** Sends raw bytes; resolves with all that comes back until the connection is closed. */
  exchange(send: (write: (bytes: string | Buffer) => void) => void): Promise<string>;
  /** Sends raw bytes and goes away. */
  abandon(bytes: string): Promise<void>;
  close(): Promise<void>;
}

export function intake(take: Take = () => Promise.resolve('stored')): WebhookIntake {
  return { secret: SECRET, take };
}

export async function startFront({
  webhook = () => intake(),
  ...options
}: StartOptions = {}): Promise<RunningFront> {
  const taken: Delivery[] = [];
  const recorded = (inner: WebhookIntake | null): WebhookIntake | null =>
    inner && {
      secret: inner.secret,
      take(delivery) {
        taken.push(delivery);
        return inner.take(delivery);
      },
    };
  const server = createFront({
    get webhook() {
      return recorded(webhook());
    },
    isReady: () => Promise.resolve(true),
    metrics: () => 'muster_runs_total 3\n',
    pages: () => Promise.resolve(false),
    log: SILENT,
    ...options,
  });
  const port = await listen(server);
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    taken,
    deliver: (body = BODY, changes = {}) =>
      fetch(origin + WEBHOOK, { method: 'POST', body, headers: signedHeaders(body, changes) }),
    exchange: (send) => exchange(port, send),
    abandon: (bytes) =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1');
        socket.on('close', () => resolve());
        socket.write(bytes, () => socket.destroy());
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** GitHub's headers of a body, some of them changed or (undefined) left out. */
export function signedHeaders(
  body: string,
  changes: Record<string, string | undefined> = {},
): Record<string, string> {
  const headers: Record<string, string | undefined> = {
    'content-type': 'application/json',
    'x-github-event': 'issues',
    'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
    ...changes,
  };
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** The head of a webhook request as it stands on the wire. */
export function requestHead(headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${WEBHOOK} HTTP/1.1\r\nhost: muster\r\n${lines.join('')}\r\n`;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

function exchange(port: number, send: (write: (bytes: string | Buffer) => void) => void): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (chunk) => (received += chunk.toString()));
    // A connection that is cut while it is written to ends with an error; what came before it counts.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
    send((bytes) => socket.write(bytes));
  });
}
