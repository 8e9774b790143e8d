import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { createCassetteModel } from '../../src/simulator/cassette-model.ts';
import type { Comment, Issue } from '../../src/simulator/model.ts';
import {
  createSampleWorld,
  SAMPLE_REPOSITORY,
  SAMPLE_SECRET,
  type SampleWorld,
} from '../../src/simulator/sample/world.ts';
import type { ModelRequest } from '../../src/ports/model.ts';
import { agentFile, cassetteOf, turn, verdict } from '../e2e/support/replies.ts';
import { realClock } from '../support/clock.ts';
import { rememberGit } from './remembered-git.ts';
import type { StartOrder } from './server.ts';

/** What a person asks for, what the run does with it, and how it ends. */
export const STORIES = {
  /** Publishes a comment, a label and a note at once; asks first where interrupted calls made it dear. */
  talker: { answer: '/approve', end: 'done' },
  /** Opens a draft pull request, with a comment and a label, and is approved. */
  fixer: { answer: '/approve', end: 'done' },
  /** Wants to close the issue, and is not let. */
  closer: { answer: '/reject no', end: 'rejected' },
} as const;

export type Story = keyof typeof STORIES;

/** A GitHub with a model behind it, both counting, for servers that die. */
export interface CrashWorld {
  world: SampleWorld;
  /** How a server of this world is started. */
  order(environment: Record<string, string>, overrides?: Partial<StartOrder>): StartOrder;
  /** An issue with the label of that story's agent. */
  begin(story: Story): Promise<number>;
  /** Every request to the model so far, by issue: `work 0`, `judge 0`. */
  readonly asked: { issue: number; step: string }[];
  /** Does what people do meanwhile: answers what waits, once. Returns how many stories have not ended. */
  tend(): number;
  /** The stories that have not ended, and what people see of them. */
  describe(): string;
  /** Sends again what no server has taken. */
  redeliver(): void;
  stories: ReadonlyMap<number, Story>;
  tracking(number: number): Comment[];
  close(): Promise<void>;
}

const COMMENT = 'The cause is `allocate`.';
const FIX = {
  path: 'src/money.js',
  search: 'shares[index] += 1;',
  replace: 'if (weights[index] === 0) continue;\n    shares[index] += 1;',
};

const CASSETTE = cassetteOf(
  turn('talker', 0, [
    ['propose_comment', { body: COMMENT }],
    ['propose_labels', { add: ['bug'] }],
    ['note', { text: 'Money is split by weight.', kind: 'fact' }],
  ]),
  turn('talker', 1, []),
  verdict('talker', ['asked'], 0.9, COMMENT),
  turn('fixer', 0, [
    ['edit_file', FIX],
    ['plan', { items: [{ text: 'Fix it', done: true }] }],
  ]),
  turn('fixer', 1, [
    ['propose_pull_request', { title: 'Free items get no cent', body: COMMENT }],
    ['propose_comment', { body: COMMENT }],
    ['propose_labels', { add: ['bug'] }],
  ]),
  turn('fixer', 2, []),
  verdict('fixer', ['asked'], 0.9, COMMENT),
  turn('closer', 0, [['propose_close', { reason: 'not_planned' }]]),
  turn('closer', 1, []),
  verdict('closer', ['asked'], 0.9, 'Please.'),
);

/** Calls that were in flight are settled at their worst case: the budget has to hold a great many of them. */
const CONFIG = 'budgets: { run: 100, day: 10000, month: 100000 }\nagents: { triager: { enabled: false } }\n';
const ROOM = '  budget: { usd: 100, minutes: 120 }\n';

/** Servers that die hundreds of times a minute ask GitHub more than it allows. */
const UNLIMITED = { perHour: 1_000_000, contentPerMinute: 100_000 };

export async function openCrashWorld(): Promise<CrashWorld> {
  const world = await createSampleWorld(realClock, UNLIMITED);
  const { simulator, repository } = world;
  const asked: CrashWorld['asked'] = [];
  const issueOfCase = new Map<string, number>();
  const model = createCassetteModel(CASSETTE, { clock: realClock });
  const server = await serveModel(async (request) => {
    const told = JSON.stringify(request.messages);
    const step = `${request.purpose} ${request.messages.filter(({ role }) => role === 'assistant').length}`;
    asked.push({ issue: issueOfCase.get(/case (\d+) of/.exec(told)?.[1] ?? '') ?? 0, step });
    return model.generate(request, { signal: new AbortController().signal });
  });
  await simulator.as('ada').push(SAMPLE_REPOSITORY, 'main', {
    '.github/muster.yml': CONFIG,
    '.github/agents/talker.md': quick('talker', '{ comment: 1, labels: { max: 1, allow: [bug] } }'),
    '.github/agents/closer.md': quick('closer', '{ close: 1 }'),
    '.github/agents/fixer.md': agentFile(
      'fixer',
      '{ pull_request: 1, comment: 1, labels: { max: 1, allow: [bug] } }',
      ROOM,
    ),
  });
  repository.git = rememberGit(repository.git);
  const stories = new Map<number, Story>();
  const answered = new Set<number>();
  const redelivered = new Set<number>();
  const issueOf = (number: number): Issue => {
    const found = repository.issues.get(number);
    if (found === undefined) throw new Error(`there is no #${number}`);
    return found;
  };
  const tracking = (number: number): Comment[] =>
    issueOf(number).comments.filter((comment) => comment.body.includes('<!-- muster:run='));
  const stateOf = (number: number): string => {
    const lines = (tracking(number)[0]?.body ?? '').split('\n');
    return /(\w+): `/.exec(lines.find((line) => line.startsWith('#')) ?? '')?.[1] ?? '';
  };
  return {
    world,
    asked,
    stories,
    tracking,
    order: (environment, overrides = {}) => ({
      kind: 'start',
      environment: {
        APP_ID: String(world.app.id),
        PRIVATE_KEY: world.privateKey,
        WEBHOOK_SECRET: SAMPLE_SECRET,
        GITHUB_API_URL: simulator.url,
        PORT: '0',
        ...environment,
      },
      role: 'all',
      modelUrl: server.url,
      providers: [...model.providers],
      dieAt: [],
      ...overrides,
    }),
    begin: async (story) => {
      const ada = simulator.as('ada');
      const name = String(issueOfCase.size + 1);
      const body = `Please. This is case ${name} of many.`;
      const { number } = await ada.openIssue(SAMPLE_REPOSITORY, { title: `Do it ${name}`, body });
      issueOfCase.set(name, number);
      stories.set(number, story);
      await ada.label(SAMPLE_REPOSITORY, number, `agent:${story}`);
      return number;
    },
    tend: () => {
      let open = 0;
      for (const [number, story] of stories) {
        const state = stateOf(number);
        const { answer, end } = STORIES[story];
        if (state === end) continue;
        open += 1;
        if (state !== 'waiting' || answered.has(number)) continue;
        answered.add(number);
        simulator.as('grace').comment(SAMPLE_REPOSITORY, number, answer);
      }
      return open;
    },
    describe: () =>
      [...stories]
        .filter(([number, story]) => stateOf(number) !== STORIES[story].end)
        .map(([number, story]) => `#${number} ${story}: ${tracking(number)[0]?.body ?? 'nothing'}`)
        .join('\n\n'),
    redeliver: () => {
      for (const delivery of simulator.webhooks.deliveries) {
        const isLost = delivery.statusCode !== 202 && !['pending', 'OK'].includes(delivery.status);
        if (!isLost || redelivered.has(delivery.id)) continue;
        redelivered.add(delivery.id);
        simulator.webhooks.redeliver(delivery);
      }
    },
    close: async () => {
      server.close();
      await simulator.close();
    },
  };
}

/** An agent that needs no checkout. */
function quick(name: string, outputs: string): string {
  return agentFile(name, outputs, ROOM).replace('tools: [read, search, edit]', 'tools: [todo]');
}

async function serveModel(
  answer: (request: ModelRequest) => Promise<unknown>,
): Promise<{ url: string; close(): void }> {
  const server: Server = createServer((request, response) => {
    void text(request)
      .then(async (body) => answer(JSON.parse(body) as ModelRequest))
      .then(
        (reply) => response.end(JSON.stringify(reply)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
