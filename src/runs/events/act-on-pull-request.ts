import { isEnded } from '../../domain/run.ts';
import { combineChecks } from '../../publish/combine-checks.ts';
import { upsertChecks } from '../../publish/report.ts';
import type { GitHub } from '../../ports/github.ts';
import type { PullRequestEvent } from '../../router/event.ts';
import type { Routed, RoutedCi } from '../../router/routed.ts';
import { loadCatalogue } from '../catalogue.ts';
import type { Engine } from '../engine.ts';
import { findRuns, type FoundRun } from '../tables/find-run.ts';
import { sendSignal, type Signal } from '../tables/signals.ts';
import { reportUnjudgedHead } from '../head-checks.ts';

/**
 * A push goes to the runs on the pull request, its closing to the one that opened it. Where none works there and the
 * configuration requires the gate, the head says that nothing waits, so that the check can be required on every pull
 * request.
 */
export async function followPullRequest(
  engine: Engine,
  github: GitHub,
  { event, isOwn }: Extract<Routed, { kind: 'pull_request' }>,
): Promise<string> {
  const words = `noted: ${isOwn ? 'own ' : ''}pull request ${event.change}`;
  if (event.change === 'closed') return isOwn ? `${words}${await tellOpener(engine, event)}` : words;
  const pushed = event.change === 'synchronize' ? await followPush(engine, github, event, isOwn) : null;
  if (pushed !== null) return `${words}: ${pushed}`;
  if (isOwn) return words;
  const { config } = await loadCatalogue(github, engine.builtinAgents);
  return config.gate.required && (await openGate(github, event.headSha))
    ? `${words}: the gate is open`
    : words;
}

/** Says on a head that nothing waits, unless a gate of ours stands there already; true where it said so. */
export async function openGate(github: GitHub, headSha: string): Promise<boolean> {
  const present = await github.listChecks(headSha);
  if (present.some((check) => check.name === 'muster/gate' && check.appId === github.identity.appId))
    return false;
  await upsertChecks(github, headSha, { 'muster/gate': combineChecks('muster/gate', []) });
  return true;
}

/** Whoever closes it, or merges it by hand, has decided on what waits there. */
async function tellOpener(
  engine: Engine,
  { tenant, thread, sender, digest }: PullRequestEvent,
): Promise<string> {
  const found = await engine.database.transaction(tenant.id, async (tx) =>
    findRuns(tx, tenant.id, thread.number),
  );
  const closed: Signal = { id: `closed:${digest}`, kind: 'closed', actor: sender };
  for (const { runId } of found.filter(({ state, isOpener }) => isOpener && !isEnded(state))) {
    const { kind } = await sendSignal(engine.database, engine.queue, tenant.id, runId, closed);
    if (kind === 'taken' || kind === 'repeated') return `: closed for ${runId}`;
  }
  return '';
}

/**
 * Open runs look at the new head, and the one that opened the pull request, though it is done. Where nobody is
 * left to, the head says so. Null where no run has checks.
 */
async function followPush(
  engine: Engine,
  github: GitHub,
  { tenant, thread, headSha, sender, digest }: PullRequestEvent,
  isOwn: boolean,
): Promise<string | null> {
  const found = await engine.database.transaction(tenant.id, async (tx) =>
    findRuns(tx, tenant.id, thread.number),
  );
  const push: Signal = { id: `push:${digest}`, kind: 'push', actor: sender, number: thread.number, headSha };
  const looking: string[] = [];
  for (const { runId } of found.filter(isFollowing)) {
    const { kind } = await sendSignal(engine.database, engine.queue, tenant.id, runId, push);
    if (kind === 'taken' || kind === 'repeated') looking.push(runId);
  }
  if (looking.length > 0) return `push for ${looking.join(', ')}`;
  const ended = found.filter(({ hasChecks }) => hasChecks).map(({ runId }) => runId);
  if (ended.length === 0) return null;
  await reportUnjudgedHead(engine, github, headSha, ended, isOwn);
  return 'no run is left to judge it';
}

/** What a run said of a person's own pull request was judged when it was published; its own is for good. */
function isFollowing({ state, isOpener }: FoundRun): boolean {
  return !isEnded(state) || state === 'failed' || (state === 'done' && isOpener);
}

/** Red CI on our own pull request sends the run back to work with the ids of what failed, while it waits. */
export async function resumeForCi(engine: Engine, github: GitHub, asked: RoutedCi): Promise<string> {
  const { tenant, pullRequest, headSha } = asked;
  const runs = await engine.database.transaction(tenant.id, async (tx) =>
    findRuns(tx, tenant.id, pullRequest),
  );
  const waiting = runs.find((run) => run.isOpener && run.state === 'waiting');
  if (waiting === undefined) return 'ignored: the run that opened the pull request does not wait';
  const checks = await github.listChecks(headSha);
  const failed = checks.filter(
    (check) => check.conclusion === 'failure' && check.appId !== github.identity.appId,
  );
  if (failed.length === 0) return 'ignored: no check of others failed';
  // By id only: the code under test can name its checks as it likes.
  const ids = failed.map((check) => String(check.id)).join(', ');
  const text = `CI failed on ${headSha}: check runs ${ids}. Read their logs with \`read_check_log\`, find the cause, and propose the change again.`;
  const taken = await sendSignal(engine.database, engine.queue, tenant.id, waiting.runId, {
    id: `ci:${headSha}`,
    kind: 'ci',
    headSha,
    text,
  });
  return `ci for ${waiting.runId}: ${taken.kind}`;
}
