import { STAGES, type Stage } from '../../domain/run-view.ts';
import type { Session } from '../session.ts';

/** Each round's stages in their order, from the journal and the effects of the run. */
export async function loadStages({ engine, run }: Session): Promise<Stage[]> {
  const { tenant, runId } = run.request;
  const rows = await engine.database.transaction(tenant.id, async (tx) =>
    tx.query<Stage>(
      `SELECT name, round, round(greatest(0, extract(epoch FROM max(ended) - min(began)) * 1000))::float8 AS "durationMs"
       FROM (
         SELECT CASE WHEN kind = 'prepare' THEN 'prepare'
                     WHEN kind IN ('work', 'turn', 'tool') THEN 'work'
                     WHEN kind = 'guard' THEN 'check'
                     WHEN kind = 'judge' THEN 'judge'
                     WHEN key ~ '/(hold|gate)$' THEN 'decide'
                     WHEN key ~ '/(wait|decision(-\\d+)?)$' THEN 'wait' END AS name,
                coalesce(substring(key FROM '^r(\\d+)/')::int, 0) AS round, started_at AS began, ended_at AS ended
         FROM steps WHERE tenant_id = $1 AND run_id = $2
       ) step
       WHERE name IS NOT NULL GROUP BY round, name
       UNION ALL
       SELECT 'publish', coalesce(substring(key FROM '^r(\\d+)/')::int, 0),
              round(sum(greatest(0, extract(epoch FROM coalesce(settled_at, intended_at) - intended_at))) * 1000)::float8
       FROM effects WHERE tenant_id = $1 AND run_id = $2 GROUP BY 2`,
      [tenant.id, runId],
    ),
  );
  return rows.sort(
    (left, right) => left.round - right.round || STAGES.indexOf(left.name) - STAGES.indexOf(right.name),
  );
}
