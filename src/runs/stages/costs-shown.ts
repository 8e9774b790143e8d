import { budgetWindows } from '../../costs/budget.ts';
import { tierModels } from '../../costs/model-choice.ts';
import { savingsOf } from '../../costs/savings.ts';
import type { RunView } from '../../domain/run-view.ts';
import type { Transaction } from '../../ports/database.ts';
import type { Session } from '../session.ts';
import { loadUsed } from '../tables/ledger.ts';
import type { Prepared } from './prepare.ts';

type Shown = Pick<RunView, 'budgets' | 'savings'>;

/** What a claimed run shows of its costs. What waits stays as it is: other runs' spending must not edit its comment. */
export async function costsNow(session: Session, prepared: Prepared): Promise<Shown> {
  const { engine, run, view } = session;
  if (run.state === 'waiting') return { budgets: view.budgets, ...savingsShown(session, prepared) };
  return engine.database.transaction(run.request.tenant.id, async (tx) =>
    costsAfterCall(tx, session, prepared),
  );
}

/** The same in the transaction that settles a model call: what has changed is its own. */
export async function costsAfterCall(tx: Transaction, session: Session, prepared: Prepared): Promise<Shown> {
  return { budgets: await budgetsShown(tx, session, prepared), ...savingsShown(session, prepared) };
}

function savingsShown({ view, engine }: Session, { config }: Prepared): Pick<RunView, 'savings'> {
  if (view.spend.length === 0) return {};
  const tiers = tierModels(config.models, engine.model.providers);
  return { savings: savingsOf(view.spend, tiers, config.models.prices) };
}

/** Null in public repositories, which may not show them. */
async function budgetsShown(
  tx: Transaction,
  { engine, run }: Session,
  { repository, config, capMicroUsd }: Prepared,
): Promise<RunView['budgets']> {
  if (!repository.isPrivate) return null;
  const { runId, tenant } = run.request;
  const owner = { runId, runCapMicroUsd: capMicroUsd, isUntrusted: false };
  const windows = budgetWindows(config.budgets, owner, engine.clock.now());
  const used = await loadUsed(tx, tenant.id, windows);
  const usedOf = (kind: string): number =>
    used.get(windows.find(({ key }) => key.startsWith(kind))?.key ?? '') ?? 0;
  const { dayMicroUsd, monthMicroUsd } = config.budgets;
  return {
    dayMicroUsd,
    daySpentMicroUsd: usedOf('day:'),
    monthMicroUsd,
    monthSpentMicroUsd: usedOf('month:'),
  };
}
