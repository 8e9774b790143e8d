import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { createSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator, SimulatorOptions } from '../../src/simulator/simulator.ts';
import type { App, Installation, Permissions } from '../../src/simulator/model.ts';
import { testClock, type TestClock } from '../support/clock.ts';
import { appJwt } from './jwt.ts';

export const SECRET = 'webhook secret';

const PERMISSIONS: Permissions = {
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  checks: 'write',
  actions: 'write',
  statuses: 'read',
};

const EVENTS = (
  'issues issue_comment label pull_request pull_request_review pull_request_review_comment push create ' +
  'delete check_run check_suite repository workflow_dispatch'
).split(' ');

/** One webhook as the App's server got it. */
interface Heard {
  /** `issues.opened`, or `push` for an event without action. */
  name: string;
  guid: string;
  isSigned: boolean;
  payload: Record<string, unknown> & { sender?: { login: string } };
}

/** The fields of GitHub's answers that the tests read; each answer has some of them. */
interface Body extends Record<string, unknown> {
  id: number;
  number: number;
  sha: string;
  name: string;
  message: string;
  token: string;
  url: string;
  body: string;
  created_at: string;
  updated_at: string;
  expires_at: string;
  event: string;
  actor: { login: string };
  user: { login: string; permissions: Record<string, boolean> };
  object: { sha: string };
  errors: { message: string }[];
  assignees: { login: string }[];
  repositories: { name: string }[];
  check_suite: { id: number };
  check_runs: { id: number; name: string; conclusion: string | null }[];
  check_suites: { id: number; conclusion: string | null; app: { slug: string } }[];
  workflow_run_id: number;
}

export interface Answer {
  status: number;
  /** Of a JSON object; empty for anything else. */
  body: Body;
  /** Of a JSON list; empty for anything else. */
  list: Body[];
  text: string;
  headers: Headers;
}

export interface World {
  simulator: Simulator;
  clock: TestClock;
  app: App;
  privateKey: string;
  installation: Installation;
  /** The App's token on everything that it is installed on. */
  token: string;
  heard: Heard[];
  /** What the App's server answers from now on. */
  answerWith(status: number): void;
  /** The names of the webhooks so far, once all are delivered. */
  names(): Promise<string[]>;
  call(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  /** The same, below `/repos/acme/widgets`. */
  repo(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  jwt(): string;
  dispose(): Promise<void>;
}

/** acme/widgets with ada (admin), wes (write), tri (triage), rea (read) and the App `muster`, which listens. */
export async function createGitHub(options: Partial<SimulatorOptions> = {}): Promise<World> {
  const clock = testClock('2026-11-20T10:00:00Z');
  const simulator = await createSimulator({ clock, validateResponses: true, ...options });
  const listener = await startListener();
  await settle(simulator);
  const input = { name: 'muster', owner: 'acme', permissions: PERMISSIONS, events: EVENTS };
  const { app, privateKey } = simulator.createApp({
    ...input,
    webhookUrl: listener.url,
    webhookSecret: SECRET,
  });
  const installation = simulator.installApp(app, 'acme');
  const jwt = (): string => appJwt(app.id, privateKey, clock.now());
  const call: World['call'] = (method, path, body, token = world.token) =>
    request(simulator.url + path, method, body, token);
  const world: World = {
    simulator,
    clock,
    app,
    privateKey,
    installation,
    token: '',
    heard: listener.heard,
    answerWith: listener.answerWith,
    names: async () => {
      await simulator.settled();
      return listener.heard.map((entry) => entry.name);
    },
    call,
    repo: (method, path, body, token) => call(method, `/repos/acme/widgets${path}`, body, token),
    jwt,
    dispose: async () => {
      await simulator.close();
      listener.close();
    },
  };
  const path = `/app/installations/${installation.id}/access_tokens`;
  world.token = (await call('POST', path, undefined, jwt())).body.token;
  await simulator.settled();
  listener.heard.length = 0;
  return world;
}

async function settle(simulator: Simulator): Promise<void> {
  simulator.createUser('acme', 'Organization');
  const files = { 'README.md': '# Widgets\n', 'src/a.txt': 'one\ntwo\nthree\n' };
  await simulator.createRepository({ owner: 'acme', name: 'widgets', files });
  const roles = { ada: 'admin', max: 'maintain', wes: 'write', tri: 'triage', rea: 'read' } as const;
  for (const [login, role] of Object.entries(roles)) {
    simulator.createUser(login);
    simulator.setRole('acme/widgets', login, role);
  }
}

async function request(url: string, method: string, body: unknown, token: string): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const content = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const json = isJson ? (JSON.parse(content) as Body | Body[]) : [];
  return {
    status: response.status,
    body: Array.isArray(json) ? ({} as Body) : json,
    list: Array.isArray(json) ? json : [],
    text: content,
    headers: response.headers,
  };
}

async function startListener() {
  const heard: Heard[] = [];
  let status = 202;
  const hear = async (req: IncomingMessage): Promise<void> => {
    const body = await text(req);
    const payload = JSON.parse(body) as Heard['payload'];
    const event = String(req.headers['x-github-event']);
    const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
    heard.push({
      name: typeof payload.action === 'string' ? `${event}.${payload.action}` : event,
      guid: String(req.headers['x-github-delivery']),
      isSigned: req.headers['x-hub-signature-256'] === signature,
      payload,
    });
  };
  const server = createServer((req, res) => {
    void hear(req).finally(() => res.writeHead(status).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    heard,
    url: `http://127.0.0.1:${port}/`,
    answerWith: (next: number) => {
      status = next;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
