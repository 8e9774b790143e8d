import type { Comment, Issue } from '../../src/simulator/model.ts';
import type { Database, SqlValue } from '../../src/ports/database.ts';
import type { Reached } from './points.ts';
import { STORIES, type CrashWorld, type Story } from './world.ts';

/**
 * What is wrong after all stories have ended, in words; nothing where no run was lost, no effect doubled, no
 * recorded step executed and no recorded reply requested again, and the ledger adds up.
 */
export async function findViolations(
  world: CrashWorld,
  database: Database,
  history: readonly Reached[],
): Promise<string[]> {
  const read = async <Row>(sql: string, parameters: SqlValue[] = []): Promise<Row[]> =>
    database.transaction('system', async (tx) => tx.query<Row>(sql, parameters));
  return [
    ...[...world.stories].flatMap(([number, story]) => onGitHub(world, number, story)),
    ...(await inRuns(world, read)),
    ...(await inLedger(world, read)),
    ...(await inRest(read)),
    ...executedAgain(history),
  ];
}

type Read = <Row>(sql: string, parameters?: SqlValue[]) => Promise<Row[]>;

function unless(isFine: boolean, problem: string): string[] {
  return isFine ? [] : [problem];
}

function onGitHub({ world, tracking }: CrashWorld, number: number, story: Story): string[] {
  const { repository } = world;
  const issues = [...repository.issues.values()];
  const issue = repository.issues.get(number);
  if (issue === undefined) return [`#${number} is gone`];
  const ours = issue.comments.filter((comment) => comment.author.login === 'muster[bot]');
  const published = ours.filter((comment) => comment.body.includes('<!-- muster:effect='));
  const common = [
    ...unless(tracking(number).length === 1, `#${number} has ${tracking(number).length} tracking comments`),
    ...unless(ours.length === published.length + 1, `#${number} has comments that nobody asked for`),
  ];
  const labelled = issue.events.filter((event) => event.event === 'labeled' && event.label?.name === 'bug');
  switch (story) {
    case 'closer':
      return [
        ...common,
        ...unless(published.length === 0, `#${number} got a comment`),
        ...unless(issue.state === 'open', `#${number} was closed after /reject`),
      ];
    case 'talker':
      return [...common, ...unless(isOnce(published, labelled), `#${number}: comment or label not once`)];
    case 'fixer': {
      const pulls = issues.filter(
        (other) => other.pull !== null && other.body?.includes(`Fixes #${number}\n`),
      );
      return [
        ...common,
        ...unless(isOnce(published, labelled), `#${number}: comment or label not once`),
        ...unless(pulls.length === 1, `#${number} has ${pulls.length} pull requests`),
        ...pulls.flatMap((pull) => onPull(world, pull)),
      ];
    }
  }
}

function isOnce(published: readonly Comment[], labelled: readonly unknown[]): boolean {
  return published.length === 1 && labelled.length === 1;
}

function onPull({ repository }: CrashWorld['world'], { number, pull }: Issue): string[] {
  const heads = repository.checkRuns.filter((check) => check.headSha === pull?.head.sha);
  return [
    ...unless(pull?.isDraft === false, `pull request #${number} is still a draft`),
    ...['muster/judge', 'muster/cost', 'muster/gate'].flatMap((name) => {
      const checks = heads.filter((check) => check.name === name);
      const isGreen = checks.every((check) => check.conclusion === 'success');
      return unless(checks.length === 1 && isGreen, `#${number}: ${checks.length} checks ${name}`);
    }),
  ];
}

async function inRuns({ stories }: CrashWorld, read: Read): Promise<string[]> {
  const runs = await read<{ number: number; state: string; n: number }>(
    'SELECT subject_number::int AS number, min(state) AS state, count(*)::int AS n FROM runs GROUP BY 1',
  );
  return [...stories].flatMap(([number, story]) => {
    const found = runs.find((run) => run.number === number);
    const { end } = STORIES[story];
    return unless(
      found?.n === 1 && found.state === end,
      `#${number}: ${JSON.stringify(found)}, not one ${end}`,
    );
  });
}

async function inLedger({ asked, stories }: CrashWorld, read: Read): Promise<string[]> {
  const calls = await read<{ number: number; step: string; n: number; late: number }>(
    `SELECT r.subject_number::int AS number, split_part(l.key, '#', 1) AS step, count(*)::int AS n,
       count(*) FILTER (WHERE split_part(split_part(l.key, '#', 2), '.', 1)::int > s.attempt)::int AS late
     FROM ledger l JOIN runs r USING (tenant_id, run_id)
     JOIN steps s ON s.run_id = l.run_id AND s.key = split_part(l.key, '#', 1) GROUP BY 1, 2`,
  );
  const [sums] = await read<Record<string, number>>(
    `SELECT count(*) FILTER (WHERE spent_micro_usd IS NULL)::int AS open,
       count(*) FILTER (WHERE usage IS NULL AND spent_micro_usd <> reserved_micro_usd)::int AS unsettled,
       count(*) FILTER (WHERE spent_micro_usd > reserved_micro_usd)::int AS over,
       sum(spent_micro_usd)::int8::text AS spent FROM ledger`,
  );
  const windows = await read<{ kind: string; used: string }>(
    `SELECT split_part("window", ':', 1) AS kind, sum(used_micro_usd)::int8::text AS used FROM budgets GROUP BY 1`,
  );
  const unbalanced = await read<{ run_id: string }>(
    `SELECT l.run_id FROM ledger l JOIN budgets b ON b."window" = 'run:' || l.run_id
     GROUP BY l.run_id, b.used_micro_usd HAVING sum(l.spent_micro_usd) <> b.used_micro_usd`,
  );
  return [
    ...calls.flatMap(({ number, step, late }) =>
      unless(late === 0, `#${number}: ${step} was paid for again after it was recorded`),
    ),
    ...[...stories.keys()].flatMap((number) =>
      calls
        .filter((call) => call.number === number)
        .flatMap(({ step, n }) => {
          const times = asked.filter((one) => one.issue === number && one.step === requestOf(step)).length;
          return unless(times >= 1 && times <= n, `#${number}: ${step} reserved ${n} times, asked ${times}`);
        }),
    ),
    ...['open', 'unsettled', 'over'].flatMap((name) => unless(sums?.[name] === 0, `${name} ledger rows`)),
    ...windows.flatMap(({ kind, used }) => unless(used === String(sums?.['spent']), `${kind} holds ${used}`)),
    ...unbalanced.map((row) => `the window of ${row.run_id} does not add up`),
  ];
}

/** `r0/turn-2` is the request with one assistant turn in it. */
function requestOf(step: string): string {
  const turn = /turn-(\d+)/.exec(step)?.[1];
  return turn === undefined ? 'judge 0' : `work ${Number(turn) - 1}`;
}

async function inRest(read: Read): Promise<string[]> {
  const left = await read<{ what: string; n: number }>(
    `SELECT 'effects not verified' AS what, count(*)::int AS n FROM effects WHERE state <> 'verified'
     UNION ALL SELECT 'signals not consumed', count(*)::int FROM signals WHERE consumed_at IS NULL
     UNION ALL SELECT 'deliveries that nobody will handle', count(*)::int FROM inbox i
       WHERE state <> 'handled' AND NOT EXISTS (SELECT 1 FROM pgboss.job j WHERE j.name = 'delivery'
         AND j.state IN ('created', 'retry') AND j.data->>'deliveryId' = i.delivery_id)
     UNION ALL SELECT 'steps without their result', count(*)::int FROM steps s
       LEFT JOIN results r ON r.digest = s.result_digest WHERE s.result_digest IS NOT NULL AND r.digest IS NULL
     UNION ALL SELECT 'tokens of ended attempts', count(*)::int FROM runs WHERE tokens <> '{}'
     UNION ALL SELECT 'jobs', count(*)::int FROM pgboss.job
       WHERE (name = 'delivery' AND state = 'active') OR (name = 'run' AND state IN ('created', 'retry', 'active'))`,
  );
  return left.flatMap(({ what, n }) => unless(n === 0, `${n} ${what}`));
}

/** What is done while a step is executed, and no other time. */
const EXECUTIONS: Record<string, string> = {
  'before write file': 'r0/turn-1/tool-0',
  'before github.createCommit': 'r0/commit',
};

function executedAgain(history: readonly Reached[]): string[] {
  const recorded = new Map<string, Set<string>>();
  return history.flatMap(({ run, point }) => {
    if (run === null) return [];
    const steps = recorded.get(run) ?? new Set<string>();
    recorded.set(run, steps);
    const step = /^after commit of .*steps\+[^,]* (r\d\/\S+)/.exec(point)?.[1];
    if (step !== undefined) steps.add(step);
    const executed = /^before commit of .*ledger\+ (r\d\/\S+)/.exec(point)?.[1] ?? EXECUTIONS[point];
    return executed !== undefined && steps.has(executed) ? [`${run}: ${executed} was executed again`] : [];
  });
}
