import { totalSpend } from '../../domain/run-view.ts';
import type { GateDecision } from '../../domain/gate.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { decideGate } from '../../gate/decide.ts';
import type { Checked } from './check.ts';
import type { Prepared } from './prepare.ts';
import { loadHold, rungOf } from '../tables/rungs.ts';
import { checklist, type Session } from '../session.ts';

/** The gate's decisions, recorded: what a later change of the configuration says is for later runs. */
export async function decide(
  session: Session,
  prepared: Prepared,
  checked: Checked,
  verdict: Verdict,
  isPushed = false,
): Promise<GateDecision[]> {
  session.show({ steps: checklist('Decide') });
  const decisions = await session.journal.step(
    {
      key: 'gate',
      kind: 'gate',
      input: { proposals: checked.proposals, findings: checked.findings, verdict },
    },
    async () =>
      decideGate({
        proposals: checked.proposals,
        findings: checked.findings,
        verdict,
        isTainted: session.run.isTainted,
        isPushed,
        agent: prepared.agent,
        config: prepared.config,
        autonomy: prepared.config.agents[prepared.agent.name]?.autonomy ?? null,
        hold: await readHold(session, prepared),
        hasCommits: prepared.baseSha !== null && (prepared.pullRequest?.isSameRepository ?? true),
        repositoryLabels: prepared.repositoryLabels,
        workflowLabels: prepared.workflowLabels,
        spentMicroUsd: totalSpend(session.view),
        quoteHighMicroUsd: prepared.quote?.highMicroUsd ?? null,
      }),
  );
  session.show({ decisions });
  return decisions;
}

/** Recorded by itself: who decides meanwhile is for later runs. */
async function readHold({ engine, journal, run }: Session, { agent, config }: Prepared) {
  return journal.step({ key: 'hold', kind: 'gate', input: null }, async () =>
    engine.database.transaction(run.request.tenant.id, async (tx) =>
      loadHold(tx, run.request.tenant.id, agent.name, rungOf(config, agent.name)),
    ),
  );
}
