import type { Tenant } from './domain/tenant.ts';
import { readEvent } from './router/read-event.ts';
import { route } from './router/route.ts';
import { act } from './runs/act.ts';
import { loadCatalogue } from './runs/catalogue.ts';
import type { Engine } from './runs/engine.ts';
import { isOwnPullRequest } from './runs/find-run.ts';
import { sendSignal } from './runs/signals.ts';
import { expirySignal, workOnRun } from './runs/worker.ts';
import type { Job } from './ports/queue.ts';

export interface IncomingEvent {
  /** Of the delivery; the same for every copy of it. */
  id: string;
  /** The webhook's name, e.g. `issues`. */
  name: string;
  payload: unknown;
}

/** The core that every host drives: events in, runs and effects out. */
export interface App {
  /** Routes an event and does what it asks; returns in a few words what came of it. Safe to repeat. */
  handle(event: IncomingEvent): Promise<string>;
  /** Takes the runs and timers of the queue, this many runs at a time. */
  work(concurrency: number): Promise<void>;
}

export function createApp(engine: Engine): App {
  return {
    handle: async (incoming) => {
      const event = readEvent(incoming.name, incoming.payload, incoming.id);
      if (event.kind === 'ignored') return `ignored: ${event.reason}`;
      if (event.kind === 'installation') return `noted: installation ${event.change}`;
      const { tenant } = event;
      const github = await engine.githubAccess.forTenant(tenant);
      const routed = await route(event, {
        github,
        catalogue: async () => loadCatalogue(github, engine.builtinAgents),
        isOwnPullRequest: async (number) => opened(engine, tenant, number),
        now: engine.clock.now(),
      });
      const outcomes: string[] = [];
      for (const [index, next] of routed.entries()) {
        outcomes.push(await act(engine, github, next, `${incoming.id}:${index}`));
      }
      return outcomes.join('; ');
    },
    work: async (concurrency) => {
      await engine.queue.work('run', concurrency, async (job) => workOnRun(engine, job));
      await engine.queue.work('timer', 1, async (job) => fire(engine, job));
    },
  };
}

async function opened(engine: Engine, tenant: Tenant, number: number): Promise<boolean> {
  return engine.database.transaction(tenant.id, async (tx) => isOwnPullRequest(tx, tenant.id, number));
}

async function fire(engine: Engine, job: Job): Promise<void> {
  const expiry = expirySignal(job.data);
  if (expiry !== null)
    await sendSignal(engine.database, engine.queue, expiry.tenantId, expiry.runId, expiry.signal);
}
