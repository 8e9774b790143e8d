import { digestOf } from '../domain/digest.ts';
import type { RunView } from '../domain/run-view.ts';
import type { TenantId } from '../domain/tenant.ts';
import type { GitHub } from '../ports/github.ts';
import { CHECK_NAMES } from '../publish/checks.ts';
import { combineChecks, laterChecks, leftChecks, unjudgedChecks } from '../publish/combine-checks.ts';
import { upsertChecks } from '../publish/report.ts';
import type { Engine } from './engine.ts';
import { isServed } from './events/lifecycle.ts';
import { loadRun } from './tables/run-rows.ts';

/** The records of the runs that show checks on that head, with that as theirs, newest first. Dry runs have no checks. */
async function viewsOnHead(
  { database }: Pick<Engine, 'database'>,
  tenantId: TenantId,
  headSha: string,
): Promise<RunView[]> {
  const rows = await database.transaction(tenantId, async (tx) =>
    tx.query<{ view: RunView }>(
      `SELECT view FROM runs WHERE tenant_id = $1 AND (head_sha = $2 OR asked_sha = $2)
         AND view->>'isDryRun' IS DISTINCT FROM 'true'
       ORDER BY created_at DESC`,
      [tenantId, headSha],
    ),
  );
  return rows.map(({ view }) => ({ ...view, headSha }));
}

/**
 * Shows the checks of a run's head, together with those of the other runs on it. These are read once more after
 * it: one that changed meanwhile may have been overwritten with what it was before.
 *
 * @param shown Digest of what the run showed last; that is not sent again.
 * @returns The digest of what the head shows.
 */
export async function showChecks(
  engine: Engine,
  github: GitHub,
  headSha: string,
  view: RunView,
  shown: string | null,
): Promise<string> {
  const { tenant, runId } = view.run.request;
  for (let last = shown; ;) {
    const found = await viewsOnHead(engine, tenant.id, headSha);
    const others = found.filter((other) => other.run.request.runId !== runId);
    const contents = Object.fromEntries(
      CHECK_NAMES.map((name) => [name, combineChecks(name, [{ ...view, headSha }, ...others])]),
    );
    const digest = digestOf({ headSha, contents });
    if (digest === last) return digest;
    await upsertChecks(github, headSha, contents);
    last = digest;
  }
}

/**
 * The second look at the checks of a run whose end is written: of two runs that end together, each shows the
 * other as still at work. Safe to repeat.
 */
export async function showEndedChecks(engine: Engine, tenantId: TenantId, runId: string): Promise<void> {
  const stored = await engine.database.transaction(tenantId, async (tx) => loadRun(tx, tenantId, runId));
  if (stored === null || stored.view === null || stored.view.headSha === null) return;
  const { run } = stored;
  if (!(await isServed(engine, run.request.tenant))) return;
  const github = await engine.githubAccess.forTenant(run.request.tenant);
  const view = { ...stored.view, run };
  await showChecks(engine, github, stored.view.headSha, view, view.checksDigest);
  const { asked } = view;
  if (asked) await showChecks(engine, github, asked.headSha, view, asked.checksDigest);
}

/**
 * The checks on a head that was pushed when nobody was left to judge it. What a run that works on it, or did,
 * says there stays; that nothing waits there, as said before anyone's run had it, does not.
 *
 * @param isOurs True where one of the runs opened the pull request: then its gate is closed.
 */
export async function reportUnjudgedHead(
  engine: Engine,
  github: GitHub,
  headSha: string,
  runIds: readonly string[],
  isOurs: boolean,
): Promise<void> {
  if ((await viewsOnHead(engine, github.tenant.id, headSha)).length > 0) return;
  await upsertChecks(github, headSha, unjudgedChecks(runIds, isOurs));
}

/** The checks on the head of the run's own pull request that it has just left; those of other runs there stay. */
export async function reportLeftHead(
  engine: Engine,
  github: GitHub,
  leftSha: string,
  view: RunView,
): Promise<void> {
  const { tenant, runId } = view.run.request;
  const found = await viewsOnHead(engine, tenant.id, leftSha);
  const others = found.filter((other) => other.run.request.runId !== runId);
  const contents =
    others.length === 0
      ? leftChecks(view)
      : Object.fromEntries(CHECK_NAMES.map((name) => [name, combineChecks(name, others)]));
  await upsertChecks(github, leftSha, contents);
}

/** The checks on a head of the run's own pull request that is judged once what waits elsewhere is decided. */
export async function reportLaterHead(
  engine: Engine,
  github: GitHub,
  headSha: string,
  view: RunView,
): Promise<void> {
  if ((await viewsOnHead(engine, github.tenant.id, headSha)).length > 0) return;
  await upsertChecks(github, headSha, laterChecks(view));
}
