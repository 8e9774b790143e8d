import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTokenAccess } from '../../../src/adapters/octokit/access.ts';
import type { Tenant } from '../../../src/domain/tenant.ts';
import type { GitHub } from '../../../src/ports/github.ts';
import type { Log } from '../../../src/ports/log.ts';

export interface StubRequest {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingMessage['headers'];
  body: unknown;
}

export interface StubAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface Stub {
  baseUrl: string;
  requests: StubRequest[];
  /** `GET /path` of everything asked, in order. */
  asked(): string[];
  close(): Promise<void>;
}

export const TENANT: Tenant = { id: 42, owner: 'octo', name: 'app', installationId: 7 };

export const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** A log that is kept as JSON texts. */
export function recordingLog(lines: string[]): Log {
  const write = (message: string, fields?: object): void =>
    void lines.push(JSON.stringify({ message, ...fields }));
  return { debug: write, info: write, warn: write, error: write };
}

export const KEY = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** A server that answers as told; null resets the connection, undefined is 404. */
export async function startStub(
  answer: (request: StubRequest) => StubAnswer | null | undefined,
): Promise<Stub> {
  const requests: StubRequest[] = [];
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks = await Array.fromAsync(incoming as AsyncIterable<Buffer>);
    const text = Buffer.concat(chunks).toString();
    const request: StubRequest = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      body: text === '' ? null : JSON.parse(text),
    };
    requests.push(request);
    const told = answer(request);
    if (told === null) return void incoming.socket.destroy();
    const { status = 200, headers = {}, body } = told ?? { status: 404, body: { message: 'Not Found' } };
    const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
  };
  const server = createServer((incoming, response) => void serve(incoming, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    requests,
    asked: () => requests.map(({ method, url }) => `${method} ${url}`),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** `GET /repositories/42` as GitHub answers it. */
export function repositoryAnswer(owner = 'octo', name = 'app'): StubAnswer {
  return {
    body: {
      id: TENANT.id,
      name,
      owner: { login: owner },
      default_branch: 'main',
      private: false,
      archived: false,
      clone_url: `https://github.example/${owner}/${name}.git`,
      html_url: `https://github.example/${owner}/${name}`,
    },
  };
}

/** GitHub at a stub, by a plain token. */
export function githubAt(stub: Pick<Stub, 'baseUrl'>, log: Log = SILENT): Promise<GitHub> {
  return createTokenAccess({
    baseUrl: stub.baseUrl,
    token: 'ghs_secret-token',
    identity: { appId: null, login: 'github-actions[bot]' },
    repository: TENANT,
    isThrottled: false,
    log,
  }).forTenant(TENANT);
}
