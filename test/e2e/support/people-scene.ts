import path from 'node:path';
import { openPostgres } from '../../../src/adapters/postgres/pg-database.ts';
import { openPglite } from '../../../src/adapters/postgres/pglite-database.ts';
import type { CheckRun } from '../../../src/simulator/check-model.ts';
import type { Issue } from '../../../src/simulator/model.ts';
import { realClock } from '../../support/clock.ts';
import { silentLog } from '../../support/log.ts';
import { agentFile, cassetteOf, turn, verdict, type Call } from './replies.ts';
import { openScene, REPOSITORY, type Scene } from './scene.ts';

const CONFIG = `permission: { approve: maintain }
approvals: { not_requester: true, expire_days: 3 }
gate: { required: true }
bots: [helper]
agents: { triager: { enabled: false } }
`;

const SAID = 'It was not written down.';

const comment: Call = ['propose_comment', { body: SAID }];
const refusal: Call = ['propose_review', { event: 'REQUEST_CHANGES', body: SAID }];
const writes = (content: string): Call[] => [
  ['write_file', { path: 'SAID.md', content }],
  ['propose_pull_request', { title: 'Say it', body: SAID }],
];

/** What each agent may propose, and proposes in each round. */
const AGENTS: Record<string, { outputs: string; extra?: string; rounds: Call[][] }> = {
  writer: { outputs: '{ pull_request: 1 }', rounds: [writes('Said.\n'), writes('Said twice.\n')] },
  refuser: { outputs: '{ review: 1 }', rounds: [[refusal]] },
  speaker: { outputs: '{ comment: 1 }', rounds: [[comment]] },
  listener: { outputs: '{ comment: 1 }', extra: '  on: { issues: [edited] }\n', rounds: [[comment]] },
  idler: { outputs: '{ comment: 1 }', rounds: [[['noop', { reason: 'it is fine' }]]] },
};

/** A draft that waits. */
export interface Draft {
  issue: number;
  pull: number;
  branch: string;
  head: string;
}

/**
 * A scene where approving takes maintain access (grace, and ada, who asks) and nobody approves what they asked for;
 * linus can write and tess triage. `helper[bot]` administers and may start runs, `other[bot]` may nothing.
 */
export interface PeopleScene extends Scene {
  /** Sets GitHub's clock ahead. */
  minutePasses(): void;
  openIssue(login?: string): Promise<number>;
  /** Of ada's, from a branch of its own. */
  openPull(branch: string): Promise<Issue>;
  waitingDraft(): Promise<Draft>;
  isDraft(draft: Draft): boolean | undefined;
  gateOf(head: string): CheckRun | null;
  /** Resolves once Muster has said this, whichever of the two it answered on. */
  answered(draft: Draft, words: string): Promise<string>;
  /** What GitHub's pages do and `Person` does not, as ada. */
  request(method: string, where: string, body: object): Promise<void>;
  /** Makes these runs' expiry due while the server is away; gives the days after which it was to come. */
  expire(issues: number[]): Promise<number[]>;
}

export async function openPeopleScene(): Promise<PeopleScene> {
  let aheadMs = 0;
  const scene = await openScene({
    clock: { ...realClock, now: () => new Date(Date.now() + aheadMs) },
    files: {
      '.github/muster.yml': CONFIG,
      ...Object.fromEntries(
        Object.entries(AGENTS).map(([name, { outputs, extra }]) => [
          `.github/agents/${name}.md`,
          agentFile(name, outputs, extra),
        ]),
      ),
    },
    cassette: cassetteOf(
      ...Object.entries(AGENTS).flatMap(([name, { rounds }]) => [
        ...rounds.flatMap((calls, round) => [turn(name, 2 * round, calls), turn(name, 2 * round + 1, [])]),
        verdict(name, ['asked'], 0.9, SAID),
      ]),
    ),
  });
  const { simulator } = scene;
  for (const login of ['linus', 'tess']) simulator.createUser(login);
  for (const login of ['helper[bot]', 'other[bot]']) simulator.createUser(login, 'Bot');
  simulator.setRole(REPOSITORY, 'grace', 'maintain');
  simulator.setRole(REPOSITORY, 'linus', 'write');
  simulator.setRole(REPOSITORY, 'tess', 'triage');
  simulator.setRole(REPOSITORY, 'helper[bot]', 'admin');
  const ada = simulator.as('ada');
  const openIssue: PeopleScene['openIssue'] = async (login = 'ada') =>
    (await simulator.as(login).openIssue(REPOSITORY, { title: 'Say it', body: 'Please.' })).number;
  return {
    ...scene,
    minutePasses: () => {
      aheadMs += 60_000;
    },
    openIssue,
    openPull: async (branch) => {
      await ada.push(REPOSITORY, branch, { 'MINE.md': 'Mine.\n' });
      return ada.openPullRequest(REPOSITORY, { title: 'Mine', body: 'Please.', head: branch });
    },
    waitingDraft: async () => {
      const issue = await openIssue();
      await ada.label(REPOSITORY, issue, 'agent:writer');
      await scene.reaches(issue, 'waiting');
      const opened = scene.pullRequestOf(issue);
      const { ref: branch = '', sha: head = '' } = opened?.pull?.head ?? {};
      return { issue, pull: opened?.number ?? 0, branch, head };
    },
    isDraft: ({ pull }) => scene.issue(pull).pull?.isDraft,
    gateOf: (head) => scene.check(head, 'muster/gate'),
    answered: async ({ issue, pull }, words) =>
      scene.until(`the answer: ${words}`, () =>
        [...scene.answers(issue), ...scene.answers(pull)].find((text) => text.includes(words)),
      ),
    request: async (method, where, body) => {
      const headers = {
        authorization: `Bearer ${simulator.tokenFor('ada')}`,
        'content-type': 'application/json',
      };
      const url = `${simulator.url}/repos/${REPOSITORY}${where}`;
      const { status } = await fetch(url, { method, headers, body: JSON.stringify(body) });
      if (status !== 200) throw new Error(`${method} ${where}: ${status}`);
    },
    expire: async (issues) => expire(scene, issues),
  };
}

async function expire({ environment, tracking, down, up }: Scene, issues: number[]): Promise<number[]> {
  const { databaseUrl, dataDirectory } = environment;
  const runIds = issues.map((issue) => /muster:run=(\w+)/.exec(tracking(issue)?.body ?? '')?.[1] ?? '');
  await down();
  const database =
    databaseUrl === null
      ? await openPglite(path.join(dataDirectory, 'postgres'))
      : await openPostgres(databaseUrl, silentLog);
  const timers = "data->>'kind' = 'expire' AND data->>'runId' = ANY($1)";
  const rows = await database.transaction('system', async (tx) => {
    const set = await tx.query<{ days: number }>(
      `SELECT round(extract(epoch FROM start_after - created_on) / 86400)::int AS days
       FROM pgboss.job WHERE ${timers}`,
      [runIds],
    );
    await tx.query(`UPDATE pgboss.job SET start_after = now() WHERE ${timers}`, [runIds]);
    return set;
  });
  await database.close();
  await up();
  return rows.map(({ days }) => days);
}
