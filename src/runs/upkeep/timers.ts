import { messageOf, MusterError } from '../../domain/errors.ts';
import type { Job } from '../../ports/queue.ts';
import { weighAutonomy } from './autonomy.ts';
import type { Engine } from '../engine.ts';
import { showEndedChecks } from '../head-checks.ts';
import { remind } from './remind.ts';
import { scanRepository } from './scan.ts';
import { sendSignal } from '../tables/signals.ts';

/** Does what a timer was set for. One of a kind that this build doesn't know does nothing. */
export async function fireTimer(engine: Engine, job: Job): Promise<void> {
  try {
    await fire(engine, job.data);
  } catch (error) {
    if (!(error instanceof MusterError) || error.isRetryable) throw error;
    engine.log.warn('a timer had no effect', { ...job.data, error: messageOf(error) });
  }
}

async function fire(engine: Engine, data: Job['data']): Promise<void> {
  const { kind, tenantId, runId, round, since } = data;
  if (typeof tenantId !== 'number') return;
  if (kind === 'scan' && typeof since === 'string') {
    await scanRepository(engine, tenantId, since);
    return;
  }
  if (kind === 'autonomy') {
    await weighAutonomy(engine, tenantId);
    return;
  }
  if (kind === 'checks' && typeof runId === 'string') {
    await showEndedChecks(engine, tenantId, runId);
    return;
  }
  if (typeof runId !== 'string' || typeof round !== 'number') return;
  if (kind === 'remind') await remind(engine, tenantId, runId, round);
  if (kind === 'expire') {
    const signal = { id: `expire:${round}`, kind, round } as const;
    await sendSignal(engine.database, engine.queue, tenantId, runId, signal);
  }
}
