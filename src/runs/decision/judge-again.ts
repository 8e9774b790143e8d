import type { GateDecision } from '../../domain/gate.ts';
import type { GuardFinding } from '../../domain/guard.ts';
import type { Proposal } from '../../domain/proposal.ts';
import type { RunView } from '../../domain/run-view.ts';
import { isProtectedPath } from '../../guards/paths.ts';
import type { Session } from '../session.ts';
import type { Checked } from '../stages/check.ts';
import { decide } from '../stages/decide.ts';
import { judge } from '../stages/judge.ts';
import type { Prepared } from '../stages/prepare.ts';
import type { Worked } from '../stages/work.ts';
import type { Pushed } from './look-for-push.ts';

/** What a push concerns. */
export interface Concerned {
  proposals: Proposal[];
  /** True where it stands on our pull request, which is then judged as it is. */
  isOpen: boolean;
  /** True where people decide on it, whatever the verdict: what they were shown may be another by now. */
  isAsked: boolean;
}

/** A round after a push: the verdict on the head as it is now. Approvals of what was there before are gone. */
export async function judgeAgain(
  session: Session,
  prepared: Prepared,
  worked: Worked,
  checked: Checked,
  { proposals, isOpen, isAsked }: Concerned,
  { headSha, by, isTrusted }: Pushed,
): Promise<GateDecision[]> {
  await session.nextRound();
  const { remarks, decisions } = session.view;
  const remark = `${by ?? 'Someone'} pushed ${headSha.slice(0, 7)}: judged again, and approvals from before don't count.`;
  session.show({
    ...headsAfter(session, headSha, isOpen),
    approvals: [],
    remarks: remarks.includes(remark) ? remarks : [...remarks, remark],
  });
  if (!isTrusted && !session.run.isTainted) await session.change({ isTainted: true });
  const touched = isOpen ? await protectedFindings(session, prepared, proposals) : [];
  const concerned = { proposals, findings: [...checked.findings, ...touched] };
  const verdict = await judge(session, prepared, worked, concerned, isOpen);
  const again = await decide(session, prepared, concerned, verdict, isAsked);
  const isNew = ({ proposalId }: { proposalId: string }) =>
    again.some((decision) => decision.proposalId === proposalId);
  session.show({ decisions: [...decisions.filter((decision) => !isNew(decision)), ...again] });
  return again;
}

/** The run's own pull request keeps its head where someone pushed to the one that the run was asked on. */
function headsAfter({ view, round, run }: Session, headSha: string, isOpen: boolean): Partial<RunView> {
  if (isOpen || !view.asked) return { headSha };
  // A later round may know of a newer one.
  return round < run.round ? {} : { asked: { headSha, checksDigest: null } };
}

/** A protected path is for a person, whoever changed it: the guards saw only what the run had proposed. */
async function protectedFindings(
  { github, journal, view }: Session,
  { config }: Prepared,
  proposals: readonly Proposal[],
): Promise<GuardFinding[]> {
  const { pullRequest } = view;
  const paths = await journal.step({ key: 'pushed-paths', kind: 'guard', input: null }, async () => {
    const files = pullRequest === null ? [] : await github.listPullRequestFiles(pullRequest.number);
    return files.map(({ path }) => path).filter((path) => isProtectedPath(path, config.protectedPaths));
  });
  return paths.flatMap((path) =>
    proposals.map(({ id }) => ({
      guard: 'paths',
      proposalId: id,
      outcome: 'needs_approval' as const,
      message: `\`${path}\` is protected`,
    })),
  );
}
