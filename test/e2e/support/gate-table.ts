import type { Json } from '../../../src/domain/json.ts';
import type { CassetteReply } from '../../../src/simulator/cassette.ts';
import { agentFile, cassetteOf, turn, verdict, type Call } from './replies.ts';
import { headline, openScene, REPOSITORY, type Scene } from './scene.ts';

/** What agents say, and the judge quotes. */
export const SAID = 'It fails on Tuesdays.';

/** One row of PRODUCT.md section 5: what an agent proposes, and how to see whether that is on GitHub. */
export interface Row {
  /** Of the subject on which the agent is asked. */
  name: string;
  /** Of the agent file; one of each kind where absent. */
  outputs?: string;
  /** In the agent file, under `muster:`. */
  extra?: string;
  /** Of the agent file; none where absent. */
  tools?: string;
  maxTurns?: number;
  calls: Call[];
  /** Of its first reply; a few where absent. */
  outputTokens?: number;
  /** Done on the subject before the agent is asked; gives what the agent calls before all else. */
  before?: (scene: Scene, number: number) => Call[] | Promise<Call[]>;
  judged?: (agent: string) => CassetteReply;
  /** Of the agent, where the configuration names it. */
  agent?: string;
  /** Who wrote what the agent is asked on; ada, who may instruct, where absent. */
  author?: string;
  on?: 'issue' | 'pull_request' | 'fork';
  /** What the tracking comment says of why it isn't there. */
  because?: string;
  /** Whether it is on GitHub, for that issue or pull request. */
  isThere: (scene: Scene, number: number) => boolean | Promise<boolean>;
}

/** How a row's run came to rest. */
export interface Rest {
  state: string;
  /** Its tracking comment. */
  body: string;
  /** By the row's own look. */
  isThere: boolean;
}

export interface Table {
  scene: Scene;
  /** The issue or pull request on which the row's agent was asked. */
  subjectOf(row: Row): number;
  /** Once the row's run waits, or has ended. */
  comesToRest(row: Row): Promise<Rest>;
  /** As it came to rest, and once it was done after that: mallory, who may not, and grace approve it. */
  approve(row: Row): Promise<{ before: Rest; after: Rest }>;
}

export const isCommented: Row['isThere'] = (scene, number) =>
  scene.answers(number).some((body) => body.startsWith(SAID));

export const isLabelled =
  (label: string): Row['isThere'] =>
  (scene, number) =>
    scene.issue(number).labels.includes(label);

export const isReviewed =
  (state: string): Row['isThere'] =>
  (scene, number) =>
    scene.issue(number).pull?.reviews.some((review) => review.state === state) === true;

export const isAssigned: Row['isThere'] = (scene, number) => scene.issue(number).assignees.length === 1;

export const isClosed: Row['isThere'] = (scene, number) => scene.issue(number).state === 'closed';

export const isOpened =
  (title: string): Row['isThere'] =>
  ({ world }) =>
    [...world.repository.issues.values()].some((issue) => issue.title === title && issue.pull === null);

export const isBranched: Row['isThere'] = async ({ world }, number) =>
  (await world.repository.git.listRefs('refs/heads/muster/')).some(({ ref }) => ref.includes(`/${number}-`));

const proposal = (name: string, args: Json): Call => [`propose_${name}`, args];
export const comment = proposal('comment', { body: SAID });
export const review = (event: string) => proposal('review', { event, body: SAID });
export const label = (...add: string[]) => proposal('labels', { add });
export const issue = (title: string) => proposal('issue', { title, body: SAID });
export const assign = proposal('assign', { logins: ['grace'] });
export const close = proposal('close', { reason: 'not_planned' });
export const dispatch = (workflow: string, inputs: Record<string, string> = {}) =>
  proposal('dispatch', { workflow, inputs });
export const note = (text: string): Call => ['note', { text, kind: 'fact' }];
export const pullRequest = proposal('pull_request', { title: 'Write it down', body: SAID });

/** The calls that write these files, and propose them. */
export const changes = (...paths: string[]): Call[] => [
  ...paths.map((path): Call => ['write_file', { path, content: `${SAID}\n` }]),
  pullRequest,
];

const OUTPUTS =
  '{ comment: 1, review: 1, labels: 1, assign: 1, issue: 1, close: 1, pull_request: 1, dispatch: { max: 1, allow: [deploy.yml, idle.yml] } }';

/** A scene in which each row's agent has been asked by ada's label. Rows that need the same agent file share it. */
export async function openTable(
  rows: readonly Row[],
  options: { config: string; files?: Record<string, string>; prepare?: (scene: Scene) => Promise<void> },
): Promise<Table> {
  const agents = new Map<string, string>();
  for (const row of rows) {
    const file = fileOf(row);
    agents.set(file, agents.get(file) ?? row.agent ?? `agent-${agents.size}`);
  }
  const cassette = cassetteOf();
  const scene = await openScene({
    files: {
      '.github/muster.yml': options.config,
      ...options.files,
      ...Object.fromEntries(
        [...agents].map(([file, name]) => [`.github/agents/${name}.md`, file.replace(NAMELESS, name)]),
      ),
    },
    cassette,
  });
  await options.prepare?.(scene);
  const forkers = new Set(rows.flatMap(({ on, author = 'ada' }) => (on === 'fork' ? [author] : [])));
  for (const login of forkers) await scene.simulator.fork(REPOSITORY, login);
  const subjects = new Map<Row, number>();
  for (const row of rows) {
    const agent = agents.get(fileOf(row)) ?? '';
    const number = await openSubject(scene, row);
    subjects.set(row, number);
    const calls = [...((await row.before?.(scene, number)) ?? []), ...row.calls];
    cassette.replies.push(...repliesOf(row, agent, calls));
    await scene.simulator.as('ada').label(REPOSITORY, number, `agent:${agent}`);
  }
  const subjectOf = (row: Row) => subjects.get(row) ?? 0;
  const rest = async (row: Row, states: RegExp): Promise<Rest> => {
    const number = subjectOf(row);
    const found = await scene.until(`${row.name} to be ${states.source}`, () => {
      const { body = '' } = scene.tracking(number) ?? {};
      const [state] = states.exec(headline(body)) ?? [];
      return state === undefined ? null : { state, body };
    });
    return { ...found, isThere: await row.isThere(scene, number) };
  };
  const comesToRest = async (row: Row) => rest(row, /waiting|done|failed/);
  const approve = async (row: Row) => {
    const before = await comesToRest(row);
    for (const login of ['mallory', 'grace'])
      scene.simulator.as(login).comment(REPOSITORY, subjectOf(row), '/approve');
    return { before, after: await rest(row, /done|failed/) };
  };
  return { scene, subjectOf, comesToRest, approve };
}

function repliesOf(
  { name, outputTokens, judged = (agent) => verdict(agent, ['asked'], 0.9, SAID) }: Row,
  agent: string,
  calls: Call[],
): CassetteReply[] {
  const first = turn(agent, 0, calls);
  if (outputTokens !== undefined) first.reply.usage = { ...first.reply.usage, outputTokens };
  // One that proposed nothing is asked once more.
  const replies = [first, turn(agent, 1, []), turn(agent, 2, []), judged(agent)];
  return replies.map((reply) => ({ ...reply, expects: [titleOf(name)] }));
}

const titleOf = (name: string) => `For the row ${name}.`;

/** In a file that has no name yet. */
const NAMELESS = '<name>';

function fileOf({ agent = NAMELESS, outputs = OUTPUTS, extra, tools = '[]', maxTurns = 30 }: Row): string {
  return agentFile(agent, outputs, extra).replace(/^tools: .*$/m, `tools: ${tools}\nmaxTurns: ${maxTurns}`);
}

async function openSubject(scene: Scene, { name, author = 'ada', on = 'issue' }: Row): Promise<number> {
  const person = scene.simulator.as(author);
  const input = { title: titleOf(name), body: SAID };
  if (on === 'issue') return (await person.openIssue(REPOSITORY, input)).number;
  const isFork = on === 'fork';
  const from = isFork ? `${author}/${REPOSITORY.split('/')[1]}` : REPOSITORY;
  await person.push(from, name, { [`${name}.md`]: `${SAID}\n` });
  const head = isFork ? `${author}:${name}` : name;
  return (await person.openPullRequest(REPOSITORY, { ...input, head })).number;
}
