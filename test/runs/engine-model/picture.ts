import type { EffectState } from '../../../src/domain/effect.ts';
import type { Json } from '../../../src/domain/json.ts';
import type { RunState } from '../../../src/domain/run.ts';
import type { Database } from '../../../src/ports/database.ts';

export interface RunPicture {
  subject: number;
  state: RunState;
  attempt: number;
  round: number;
  steps: Record<string, { digest: string; attempt: number; output: Json }>;
  /** What came of each; null where nobody has taken it yet. */
  signals: Record<string, string | null>;
  effects: Record<string, { state: EffectState; attempt: number }>;
  ledger: Record<string, { reserved: number; spent: number | null; attempt: number }>;
  /** Jobs of the run that are queued, in hand, or to be tried again. */
  jobs: string[];
  /** Rounds for which an expiry was ever set. */
  timers: number[];
}

/** All that the engine holds of one tenant: the state of the model, and what it is compared with. */
export interface Picture {
  runs: Record<string, RunPicture>;
  budgets: Record<string, number>;
  inbox: Record<string, string>;
}

export const NOTHING: Picture = { runs: {}, budgets: {}, inbox: {} };

/** What the database holds of the tenant, and the whole inbox. */
export async function takePicture(database: Database, tenantId: number): Promise<Picture> {
  const [row] = await database.transaction('system', async (tx) =>
    tx.query<{ picture: Picture }>(SQL, [tenantId]),
  );
  if (row === undefined) throw new Error('no picture');
  return row.picture;
}

const EMPTY = "'{}'::jsonb";

const ofRun = (table: string, key: string, value: string) =>
  `coalesce((SELECT jsonb_object_agg(${key}, ${value}) FROM ${table}
    WHERE t.tenant_id = r.tenant_id AND t.run_id = r.run_id), ${EMPTY})`;

const jobsOf = (value: string, queue: string, where: string) =>
  `coalesce((SELECT jsonb_agg(${value} ORDER BY created_on, id) FROM pgboss.job
    WHERE name = '${queue}' AND data->>'runId' = r.run_id AND (data->>'tenantId')::bigint = $1 AND ${where}), '[]')`;

const SQL = `SELECT jsonb_build_object(
  'runs', coalesce((SELECT jsonb_object_agg(r.run_id, jsonb_build_object(
    'subject', r.subject_number, 'state', r.state, 'attempt', r.attempt, 'round', r.round,
    'steps', ${ofRun(
      'steps t LEFT JOIN results b ON b.tenant_id = t.tenant_id AND b.digest = t.result_digest',
      't.key',
      "jsonb_build_object('digest', t.input_digest, 'attempt', t.attempt, 'output', coalesce(b.body::jsonb, t.output))",
    )},
    'signals', ${ofRun('signals t', 't.signal_id', "CASE WHEN t.consumed_at IS NOT NULL THEN coalesce(t.outcome, '') END")},
    'effects', ${ofRun('effects t', 't.key', "jsonb_build_object('state', t.state, 'attempt', t.attempt)")},
    'ledger', ${ofRun(
      'ledger t',
      't.key',
      "jsonb_build_object('reserved', t.reserved_micro_usd, 'spent', t.spent_micro_usd, 'attempt', t.attempt)",
    )},
    'jobs', ${jobsOf("state::text || ' ' || retry_count", 'run', "state < 'completed'")},
    'timers', ${jobsOf("(data->>'round')::int", 'timer', "data->>'kind' = 'expire'")}
  )) FROM runs r WHERE r.tenant_id = $1), ${EMPTY}),
  'budgets', coalesce((SELECT jsonb_object_agg("window", used_micro_usd) FROM budgets WHERE tenant_id = $1), ${EMPTY}),
  'inbox', coalesce((SELECT jsonb_object_agg(delivery_id, state) FROM inbox), ${EMPTY})
) AS picture`;
