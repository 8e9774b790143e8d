import { readFile } from 'node:fs/promises';
import { createTokenAccess } from '../../adapters/octokit/access.ts';
import { createApp, type App } from '../../app.ts';
import type { Actor } from '../../domain/actor.ts';
import { MusterError } from '../../domain/errors.ts';
import type { Subject } from '../../domain/subject.ts';
import type { Tenant, TenantId } from '../../domain/tenant.ts';
import type { Database } from '../../ports/database.ts';
import type { GitHubAccess } from '../../ports/github.ts';
import type { Log } from '../../ports/log.ts';
import type { StoredRun } from '../../runs/tables/run-rows.ts';
import type { Environment, Runner } from '../env.ts';
import { openHost } from '../host.ts';
import { cancelWithJob } from './cancel.ts';
import { followQueue, untilSettled } from './follow.ts';
import { identityOf } from './identity.ts';
import type { Inputs } from './inputs.ts';
import { orderOf, type JobOrder } from './order.ts';
import { otherHost } from './other-host.ts';

/** What a job came to. `nothing` and `refused` made no run; only `refused` is a failure by itself. */
export type JobEnd =
  | { kind: 'nothing' | 'refused'; reason: string }
  | { kind: 'ran'; outcome: string; runs: StoredRun[] };

export interface Job {
  runner: Runner;
  inputs: Inputs;
  environment: Environment;
  log: Log;
}

type Order = Extract<JobOrder, { kind: 'event' | 'agent' }>;

/** What is still in hand then is another job's run, which goes back to the database. */
const DRAIN_MS = 5_000;
const CONCURRENCY = 4;

/** Does what the job's event or its `agent` input asks, and works until the runs of that ended or wait. */
export async function runJob(job: Job): Promise<JobEnd> {
  const { runner, inputs } = job;
  const payload: unknown = JSON.parse(await readFile(runner.event.path, 'utf8'));
  const order = orderOf(runner, payload, inputs.agent);
  if (order.kind === 'unfit') return { kind: 'refused', reason: order.reason };
  if (order.kind === 'ignored') return { kind: 'nothing', reason: order.reason };
  const tenant: Tenant = { ...runner.repository, installationId: null };
  const access = await openAccess(job, tenant);
  const other = order.subject === null ? null : await hostOf(access, tenant, order.subject);
  if (other !== null) {
    return { kind: 'nothing', reason: `${other} is installed here as an App: a repository has one host` };
  }
  return work(job, access, tenant, order);
}

async function openAccess({ runner, inputs, environment, log }: Job, tenant: Tenant): Promise<GitHubAccess> {
  const baseUrl = environment.githubApiUrl;
  return createTokenAccess({
    baseUrl,
    log,
    token: inputs.token,
    identity: await identityOf(runner.graphqlUrl, inputs.token),
    repository: tenant,
    // GitHub's pacing of writes is pointless against a server on this machine.
    isThrottled: new URL(baseUrl).hostname !== '127.0.0.1',
  });
}

async function hostOf(access: GitHubAccess, tenant: Tenant, { number }: Subject): Promise<string | null> {
  const github = await access.forTenant(tenant);
  return otherHost(await github.listComments(number, null), github.identity);
}

async function work(job: Job, githubAccess: GitHubAccess, tenant: Tenant, order: Order): Promise<JobEnd> {
  const { environment, log } = job;
  const canWait = environment.databaseUrl !== null;
  const host = await openHost({ environment, githubAccess, log, storage: 'memory', canWait });
  try {
    const { engine } = host;
    await refuseShared(engine.database, tenant.id);
    const queue = followQueue(engine.queue);
    const app = createApp({ ...engine, queue });
    const refusal = await refusalOf(app, tenant, job.runner, order);
    if (refusal !== null) return refusal;
    // At work before anything is sent: what the queue has never served it first asks the database about, and
    // inside of a transaction of PGlite it would wait for that for ever.
    await app.work(CONCURRENCY);
    if (!canWait) cancelWithJob(engine, queue, tenant.id);
    const outcome = await start(app, job, tenant, order);
    if (queue.woken.size === 0) {
      return { kind: order.kind === 'agent' ? 'refused' : 'nothing', reason: outcome };
    }
    return { kind: 'ran', outcome, runs: await untilSettled(engine, queue, tenant.id) };
  } finally {
    await host.close(DRAIN_MS);
  }
}

/** The token is good for one repository: a worker would take other repositories' runs, and could do none. */
async function refuseShared(database: Database, tenantId: TenantId): Promise<void> {
  const others = await database.transaction('system', async (tx) =>
    tx.query('SELECT 1 FROM tenants WHERE tenant_id <> $1 LIMIT 1', [tenantId]),
  );
  if (others.length === 0) return;
  throw new MusterError(
    'shared_database',
    'Input `database-url`: other repositories use this database; give this one a database of its own.',
  );
}

/**
 * Both who caused the event and who started this attempt must be allowed to: on a re-run they differ, and the
 * event itself names only the first. What an event may do without `agent` is for its routes to say.
 */
async function refusalOf(app: App, tenant: Tenant, runner: Runner, order: Order): Promise<JobEnd | null> {
  const { actor, triggeringActor } = runner;
  const isRerun = triggeringActor !== actor.login;
  const asked = [
    ...(order.kind === 'agent' ? [toActor(actor)] : []),
    ...(isRerun ? [toActor({ id: 0, login: triggeringActor })] : []),
  ];
  for (const person of asked) {
    const reason = await app.refusalOf(tenant, person);
    // A bot's pull request is not red for want of a place on the list of bots.
    if (reason !== null) return { kind: person.isBot ? 'nothing' : 'refused', reason };
  }
  return null;
}

function toActor({ id, login }: Runner['actor']): Actor {
  return { id, login, isBot: login.endsWith('[bot]') };
}

async function start(app: App, { runner, inputs }: Job, tenant: Tenant, order: Order): Promise<string> {
  if (order.kind === 'event') return app.handle(order.event, inputs.wishes);
  const { actor, run, event } = runner;
  const ask = {
    key: `api:${run.id}:${run.attempt}`,
    tenant,
    subject: order.subject,
    work: { kind: 'agent' as const, name: order.agent },
    actor: toActor(actor),
    request: inputs.request,
    summary: `a workflow on \`${event.name}\` by @${actor.login}`,
  };
  return app.start(ask, inputs.wishes);
}
