import { messageOf } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/tenant.ts';
import type { Engine } from '../../runs/engine.ts';
import { sendSignal, type Signal } from '../../runs/tables/signals.ts';
import type { FollowedQueue } from './follow.ts';

/** A runner asks with SIGINT, 7.5 s later with SIGTERM, and ends the process 2.5 s after that. */
const STOPS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Ends the queue's runs as cancelled when the job is, so that their comments show it: without a database
 * nobody goes on with them. For as long as the process lives.
 */
export function cancelWithJob(
  { database, clock, log }: Pick<Engine, 'database' | 'clock' | 'log'>,
  queue: FollowedQueue,
  tenantId: TenantId,
): void {
  const cancel = async () => {
    const signal: Signal = {
      id: 'cancel:job',
      kind: 'cancel',
      // A runner doesn't say who pressed the button.
      actor: { id: 0, login: 'the workflow', isBot: true },
      source: { via: 'button', id: 0, number: 0, at: clock.now().toISOString(), reviewedSha: null },
    };
    for (const runId of queue.woken) await sendSignal(database, queue, tenantId, runId, signal);
  };
  const onStop = () => {
    log.info('the job is being cancelled');
    cancel().catch((error: unknown) => log.error('runs were not cancelled', { error: messageOf(error) }));
  };
  for (const stop of STOPS) process.on(stop, onStop);
}
