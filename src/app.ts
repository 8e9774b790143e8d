import type { Actor } from './domain/actor.ts';
import type { RunRequest } from './domain/run.ts';
import type { Subject } from './domain/subject.ts';
import type { Tenant } from './domain/tenant.ts';
import type { GitHub } from './ports/github.ts';
import { authorise, levelsFrom } from './router/authorise.ts';
import { mayChangeConfiguration } from './router/configuration-push.ts';
import { readEvent } from './router/read-event.ts';
import { route } from './router/route.ts';
import type { Routed } from './router/routed.ts';
import { startRun } from './router/start.ts';
import { act } from './runs/events/act.ts';
import { loadCatalogue } from './runs/catalogue.ts';
import type { Engine } from './runs/engine.ts';
import { isOwnPullRequest } from './runs/tables/find-run.ts';
import { followLifecycle, isServed } from './runs/events/lifecycle.ts';
import { forgetSchedules } from './runs/upkeep/schedule-rows.ts';
import { fireTimer } from './runs/upkeep/timers.ts';
import { workOnRun } from './runs/worker.ts';

export interface IncomingEvent {
  /** Of the delivery; the same for every copy of it. */
  id: string;
  /** The webhook's name, e.g. `issues`. */
  name: string;
  payload: unknown;
}

/** What a host's own inputs want of every run that it starts. */
export type RunWishes = Pick<RunRequest, 'isDryRun' | 'overrides'>;

/** A start that someone asked a host for by name, rather than by an event. */
export interface Ask {
  /** Unique to the asking, e.g. `api:<workflow run>:<attempt>`. */
  key: string;
  tenant: Tenant;
  subject: Subject;
  work: RunRequest['work'];
  /** Needs the `trigger` permission, like anyone who starts a run. */
  actor: Actor;
  /** Instructs the run. */
  request: string | null;
  /** One sentence for the tracking comment. */
  summary: string;
}

/** The core that every host drives: events in, runs and effects out. */
export interface App {
  /** Routes an event and does what it asks; returns in a few words what came of it. Safe to repeat. */
  handle(event: IncomingEvent, wishes?: RunWishes): Promise<string>;
  /** Starts what was asked for; returns in a few words what came of it. Safe to repeat. */
  start(ask: Ask, wishes?: RunWishes): Promise<string>;
  /** Why someone may not start runs here, or null; asked from GitHub at that moment. */
  refusalOf(tenant: Tenant, actor: Actor): Promise<string | null>;
  /** Takes the runs and timers of the queue, this many runs at a time. */
  work(concurrency: number): Promise<void>;
}

/** Reading a repository after a long gap takes minutes; nothing else may wait for that. */
const TIMER_CONCURRENCY = 4;

export function createApp(engine: Engine): App {
  return {
    handle: async (incoming, wishes) => {
      const event = readEvent(incoming.name, incoming.payload, incoming.id);
      if (event.kind === 'ignored') return `ignored: ${event.reason}`;
      if (event.kind === 'installation') return followLifecycle(engine, event);
      const { tenant } = event;
      if (!(await isServed(engine, tenant)))
        return 'ignored: the App is no longer at work on this repository';
      if (mayChangeConfiguration(event.event, incoming.payload)) {
        await forgetSchedules(engine.database, tenant.id);
        await engine.queue.send('timer', { kind: 'autonomy', tenantId: tenant.id }, { tenantId: tenant.id });
      }
      const github = await engine.githubAccess.forTenant(tenant);
      const routed = await route(event, {
        github,
        catalogue: async () => loadCatalogue(github, engine.builtinAgents),
        isOwnPullRequest: async (number) => opened(engine, tenant, number),
        now: engine.clock.now(),
      });
      const outcomes: string[] = [];
      for (const [index, next] of routed.entries()) {
        outcomes.push(await act(engine, github, withWishes(next, wishes), `${incoming.id}:${index}`));
      }
      return outcomes.join('; ');
    },
    start: async (ask, wishes) => {
      const github = await engine.githubAccess.forTenant(ask.tenant);
      const routed = await routeAsk(engine, github, ask);
      return act(engine, github, withWishes(routed, wishes), ask.key);
    },
    refusalOf: async (tenant, actor) => {
      const github = await engine.githubAccess.forTenant(tenant);
      const { config } = await loadCatalogue(github, engine.builtinAgents);
      const authority = await authorise(actor, 'start', config, levelsFrom(github));
      return authority.kind === 'allowed' ? null : authority.reason;
    },
    work: async (concurrency) => {
      await engine.queue.work('run', concurrency, async (job) => workOnRun(engine, job));
      await engine.queue.work('timer', TIMER_CONCURRENCY, async (job) => fireTimer(engine, job));
    },
  };
}

async function routeAsk(engine: Engine, github: GitHub, ask: Ask): Promise<Routed> {
  const { key, tenant, subject, work, actor, request, summary } = ask;
  const catalogue = await loadCatalogue(github, engine.builtinAgents);
  const authority = await authorise(actor, 'start', catalogue.config, levelsFrom(github));
  if (authority.kind !== 'allowed') return { kind: 'refused', nodeId: null, reason: authority.reason };
  return startRun(
    {
      tenant,
      thread: { ...subject, nodeId: null, body: '', author: null },
      work,
      trigger: { kind: 'api', key, actor, at: engine.clock.now().toISOString(), summary },
      requester: actor,
      instruction: request === null ? null : { text: request, source: 'api' },
      react: null,
      label: null,
    },
    catalogue,
  );
}

function withWishes(routed: Routed, wishes: RunWishes | undefined): Routed {
  if (routed.kind !== 'run' || wishes === undefined) return routed;
  const { order } = routed;
  const isDryRun = order.isDryRun || wishes.isDryRun;
  return { ...routed, order: { ...order, isDryRun, overrides: { ...order.overrides, ...wishes.overrides } } };
}

async function opened(engine: Engine, tenant: Tenant, number: number): Promise<boolean> {
  return engine.database.transaction(tenant.id, async (tx) => isOwnPullRequest(tx, tenant.id, number));
}
