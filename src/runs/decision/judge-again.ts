import type { Checked } from '../stages/check.ts';
import { decide } from '../stages/decide.ts';
import { judge } from '../stages/judge.ts';
import type { Pushed } from './look-for-push.ts';
import type { Prepared } from '../stages/prepare.ts';
import type { Sorted } from '../stages/publish.ts';
import type { Session } from '../session.ts';
import type { Worked } from '../stages/work.ts';

/**
 * A round after a push: the verdict on the head as it is now. What waited goes on waiting whatever the verdict,
 * for a person who approves that head; approvals of what was there before are gone.
 */
export async function judgeAgain(
  session: Session,
  prepared: Prepared,
  worked: Worked,
  checked: Checked,
  sorted: Sorted,
  { headSha, by, isTrusted }: Pushed,
): Promise<void> {
  await session.nextRound();
  const { remarks, decisions } = session.view;
  const remark = `${by ?? 'Someone'} pushed ${headSha.slice(0, 7)}: judged again, and approvals from before don't count.`;
  session.show({
    headSha,
    approvals: [],
    remarks: remarks.includes(remark) ? remarks : [...remarks, remark],
  });
  if (!isTrusted && !session.run.isTainted) await session.change({ isTainted: true });
  const waiting = { ...checked, proposals: [...sorted.draft, ...sorted.later] };
  const verdict = await judge(session, prepared, worked, waiting, sorted.draft.length > 0);
  const again = await decide(session, prepared, waiting, verdict, true);
  const isNew = ({ proposalId }: { proposalId: string }) =>
    again.some((decision) => decision.proposalId === proposalId);
  session.show({ decisions: [...decisions.filter((decision) => !isNew(decision)), ...again] });
}
