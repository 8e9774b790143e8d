import type { TenantId } from '../../domain/tenant.ts';
import { renderReminder } from '../../publish/reminder.ts';
import { postAnswer } from '../../publish/report.ts';
import type { Engine } from '../engine.ts';
import { isServed } from '../events/lifecycle.ts';
import { loadRun } from '../tables/run-rows.ts';

/** How long before what waits expires people are reminded of it. */
export const REMIND_BEFORE_MS = 24 * 3_600_000;

/** Reminds people once of what waits, if it still does and is still the same round. Safe to repeat. */
export async function remind(
  engine: Engine,
  tenantId: TenantId,
  runId: string,
  round: number,
): Promise<void> {
  const stored = await engine.database.transaction(tenantId, async (tx) => loadRun(tx, tenantId, runId));
  if (stored === null || stored.view === null) return;
  const { run, view } = stored;
  const text = renderReminder({ ...view, run });
  if (run.state !== 'waiting' || run.round !== round || text === null) return;
  const { tenant, subject } = run.request;
  if (!(await isServed(engine, tenant))) return;
  const github = await engine.githubAccess.forTenant(tenant);
  const key = `${runId}:remind:${round}`;
  await postAnswer(github, { number: subject.number, key, text, since: run.createdAt });
}
