import { nextFiring } from '../../config/cron.ts';
import { messageOf, MusterError } from '../../domain/errors.ts';
import { scheduleIssue } from '../../publish/schedule-issue.ts';
import { startRun } from '../../router/start.ts';
import { act } from '../events/act.ts';
import { loadCatalogue } from '../catalogue.ts';
import { takeTurn } from '../tables/cursors.ts';
import type { Engine } from '../engine.ts';
import { advance, keepIssue, loadDue, readSchedules, type DueSchedule } from './schedule-rows.ts';

const EVERY_MS = 55_000;

/**
 * Starts the agents whose time has come (cron, UTC), each time once however many replicas look; gives how many
 * fired. What was missed while Muster was down fires once, and not once for each time.
 */
export async function fireSchedules(engine: Engine): Promise<number> {
  if ((await takeTurn(engine.database, 'schedules', EVERY_MS)) === null) return 0;
  await readSchedules(engine);
  const due = await engine.database.transaction('system', async (tx) => loadDue(tx));
  let fired = 0;
  for (const schedule of due) if (await fireOne(engine, schedule)) fired += 1;
  return fired;
}

async function fireOne(engine: Engine, due: DueSchedule): Promise<boolean> {
  const fields = { tenant: due.tenant.id, agent: due.agent, cron: due.cron };
  try {
    const outcome = await start(engine, due);
    engine.log.info('a schedule fired', { ...fields, outcome });
    if (outcome === null) await advance(engine.database, due, null);
    else await advance(engine.database, due, nextFiring(due.cron, engine.clock.now()));
    return outcome !== null;
  } catch (error) {
    engine.log.warn('a schedule did not fire', { ...fields, error: messageOf(error) });
    const mayPass = error instanceof MusterError && error.isRetryable;
    // Under the same key with the next turn; what can't pass is left out this time.
    if (!mayPass) await advance(engine.database, due, nextFiring(due.cron, engine.clock.now()));
    return false;
  }
}

/** What came of it; null where the agent's file names that time no more. */
async function start(engine: Engine, due: DueSchedule): Promise<string | null> {
  const { tenant, agent, cron, dueAt } = due;
  const github = await engine.githubAccess.forTenant(tenant);
  const catalogue = await loadCatalogue(github, engine.builtinAgents);
  const current = catalogue.agents.find(({ name }) => name === agent);
  if (current?.schedules.includes(cron) !== true) return null;
  const { number } = await scheduleIssue(github, { agent, knownNumber: due.issueNumber });
  await keepIssue(engine.database, due, number);
  const key = `schedule:${agent}:${cron}:${dueAt}`;
  const routed = startRun(
    {
      tenant,
      thread: { kind: 'issue', number, nodeId: null, body: '', author: null },
      work: { kind: 'agent', name: agent },
      trigger: { kind: 'schedule', key, actor: null, at: dueAt, summary: `schedule \`${cron}\`` },
      requester: null,
      instruction: null,
      react: null,
      label: null,
    },
    catalogue,
  );
  return act(engine, github, routed, key);
}
