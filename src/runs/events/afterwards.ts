import { isRunId } from '../../domain/trigger.ts';
import type { TenantId } from '../../domain/tenant.ts';
import type { GitHub } from '../../ports/github.ts';
import type { Routed } from '../../router/routed.ts';
import { askForWeighing } from '../tables/decisions.ts';
import type { Engine } from '../engine.ts';

type Outcome = 'approved' | 'rejected' | 'reverted';

/**
 * A person merged or closed a pull request that its run had opened without asking: that is their decision. Where
 * someone decided on the run before, it stands.
 */
export async function recordClosing(
  engine: Pick<Engine, 'database' | 'queue'>,
  { event, isOwn }: Extract<Routed, { kind: 'pull_request' }>,
): Promise<void> {
  if (!isOwn || event.change !== 'closed' || event.sender === null || event.sender.isBot) return;
  await record(engine, event.tenant.id, event.isMerged ? 'approved' : 'rejected', {
    pullRequests: [event.thread.number],
    runIds: [],
    where: `state = 'done' AND NOT EXISTS (SELECT 1 FROM outcomes o
      WHERE o.tenant_id = runs.tenant_id AND o.run_id = runs.run_id)`,
  });
}

/** What people took back of runs; returns in a few words what came of it. Safe to repeat. */
export async function recordReverts(
  engine: Pick<Engine, 'database' | 'queue'>,
  github: Pick<GitHub, 'getCommit'>,
  { tenant, pullRequests, commits }: Extract<Routed, { kind: 'reverted' }>,
): Promise<string> {
  const messages = await Promise.all(
    commits.map(async (sha) => (await github.getCommit(sha))?.message ?? ''),
  );
  const reverted = await record(engine, tenant.id, 'reverted', {
    pullRequests: [...pullRequests, ...messages.flatMap(mergedBy)],
    runIds: messages.flatMap(madeBy),
    where: 'true',
  });
  return reverted === 0 ? 'ignored: a revert of what no run had made' : `reverted: ${reverted} runs`;
}

/** The pull request that a commit merged, in GitHub's words for a merge and for a squash. */
function mergedBy(message: string): number[] {
  const [title = ''] = message.split('\n', 1);
  const number =
    /^Merge pull request #(\d{1,9}) from /.exec(title)?.[1] ?? /\(#(\d{1,9})\)$/.exec(title)?.[1];
  return number === undefined ? [] : [Number(number)];
}

/** The run that made a commit: rebasing and squashing keep the trailer. */
function madeBy(message: string): string[] {
  return [...message.matchAll(/^Muster-Run: (\S+)$/gm)].flatMap(([, id = '']) => (isRunId(id) ? [id] : []));
}

/** Of the runs that opened a pull request among these; returns of how many that was not known yet. */
async function record(
  { database, queue }: Pick<Engine, 'database' | 'queue'>,
  tenantId: TenantId,
  outcome: Outcome,
  of: { pullRequests: number[]; runIds: string[]; where: string },
): Promise<number> {
  return database.transaction('system', async (tx) => {
    const kept = await tx.query(
      `INSERT INTO outcomes (tenant_id, run_id, round, agent, decision, verdict)
       SELECT tenant_id, run_id, round, request->'work'->>'name', $2, view->'verdict' FROM runs
       WHERE tenant_id = $1 AND ${of.where}
         AND (pull_number = ANY($3) OR (run_id = ANY($4) AND pull_number IS NOT NULL))
       ON CONFLICT DO NOTHING RETURNING 1`,
      [tenantId, outcome, of.pullRequests, of.runIds],
    );
    if (kept.length > 0) await askForWeighing(queue, tx, tenantId);
    return kept.length;
  });
}
