import { raisedCap } from '../../costs/budget.ts';
import { formatUsd, type MicroUsd } from '../../domain/money.ts';
import type { Quote } from '../../domain/run-view.ts';
import type { Approval } from '../../gate/approval.ts';
import type { Prepared } from './prepare.ts';
import type { Session } from '../session.ts';
import { signalsOf } from '../tables/signals.ts';

/** The run's cap as it stands: what it began with, or what `max=` of an approval that counted raised it to. */
export async function capOf(session: Session, prepared: Prepared): Promise<MicroUsd> {
  const asked = (await signalsOf(session)).flatMap(({ signal, outcome }) =>
    signal.kind === 'approve' && (outcome === 'counted' || outcome === 'approved')
      ? [signal.maxMicroUsd ?? 0]
      : [],
  );
  return raisedCap(prepared.capMicroUsd, limitOf(session, prepared), asked);
}

/** The quote with the cap as it stands. */
export async function quoteNow(session: Session, prepared: Prepared): Promise<Quote | null> {
  return prepared.quote === null ? null : { ...prepared.quote, capMicroUsd: await capOf(session, prepared) };
}

/** Shows what an approval that counts makes of the cap, and says who raised it. */
export async function showRaise(session: Session, prepared: Prepared, approval: Approval): Promise<void> {
  const { maxMicroUsd, actor } = approval;
  if (maxMicroUsd === null) return;
  const before = await capOf(session, prepared);
  const after = raisedCap(before, limitOf(session, prepared), [maxMicroUsd]);
  const what =
    after > before
      ? `${actor.login} raised the run's cap from ${formatUsd(before)} to ${formatUsd(after)}`
      : `${actor.login} asked for a cap of ${formatUsd(maxMicroUsd)}; it stays at ${formatUsd(after)}`;
  const remark = `${what}${maxMicroUsd > after ? ': `budgets.run` allows no more' : ''}.`;
  const { quote, remarks } = session.view;
  session.show({
    quote: quote === null ? null : { ...quote, capMicroUsd: after },
    remarks: remarks.includes(remark) ? remarks : [...remarks, remark],
  });
}

/** What no person can go beyond from a comment. */
function limitOf({ run }: Session, { config }: Prepared): MicroUsd {
  return Math.min(
    config.budgets.runMicroUsd,
    run.request.overrides.budgetMicroUsd ?? Number.POSITIVE_INFINITY,
  );
}
