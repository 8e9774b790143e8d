import { isEnded, type RunState } from '../../domain/run.ts';
import type { Database } from '../../ports/database.ts';
import type { Queue } from '../../ports/queue.ts';
import { wakeRun } from '../tables/run-rows.ts';

/** `woken` also where its job was there all the time: then there is no second one. */
export type Resumed =
  | { kind: 'woken'; state: RunState }
  | { kind: 'ended'; state: RunState }
  | { kind: 'no_run' };

/** Wakes an open run whose job got lost. Harmless for one that works, or waits: it finds what it has done. */
export async function resumeRun(
  { database, queue }: { database: Database; queue: Queue },
  runId: string,
): Promise<Resumed> {
  return database.transaction('system', async (tx) => {
    const [row] = await tx.query<{ tenant_id: string; state: RunState }>(
      'SELECT tenant_id::text, state FROM runs WHERE run_id = $1 FOR NO KEY UPDATE',
      [runId],
    );
    if (row === undefined) return { kind: 'no_run' };
    const { state } = row;
    if (isEnded(state)) return { kind: 'ended', state };
    await wakeRun(queue, tx, Number(row.tenant_id), runId);
    return { kind: 'woken', state };
  });
}
