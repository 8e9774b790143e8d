import { combineChecks } from '../publish/combine-checks.ts';
import { upsertChecks } from '../publish/report.ts';
import type { GitHub } from '../ports/github.ts';
import type { Routed, RoutedCi } from '../router/routed.ts';
import { loadCatalogue } from './catalogue.ts';
import type { Engine } from './engine.ts';
import { findRuns } from './find-run.ts';
import { sendSignal } from './signals.ts';

/**
 * A pull request of someone else: where the configuration requires the gate, its head says that nothing waits,
 * so that the check can be required on every pull request.
 */
export async function followPullRequest(
  engine: Engine,
  github: GitHub,
  { event, isOwn }: Extract<Routed, { kind: 'pull_request' }>,
): Promise<string> {
  const words = `noted: ${isOwn ? 'own ' : ''}pull request ${event.change}`;
  if (isOwn || event.change === 'closed') return words;
  const { config } = await loadCatalogue(github, engine.builtinAgents);
  if (!config.gate.required) return words;
  const present = await github.listChecks(event.headSha);
  if (present.some((check) => check.name === 'muster/gate' && check.appId === github.identity.appId))
    return words;
  await upsertChecks(github, event.headSha, { 'muster/gate': combineChecks('muster/gate', []) });
  return `${words}: the gate is open`;
}

/** Red CI on our own pull request sends the run back to work with the ids of what failed, while it waits. */
export async function resumeForCi(engine: Engine, github: GitHub, asked: RoutedCi): Promise<string> {
  const { tenant, pullRequest, headSha } = asked;
  const runs = await engine.database.transaction(tenant.id, async (tx) =>
    findRuns(tx, tenant.id, pullRequest),
  );
  const waiting = runs.find((run) => run.state === 'waiting');
  if (waiting === undefined) return 'ignored: no run waits on the pull request whose CI failed';
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
