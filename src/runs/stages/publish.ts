import { base32Digest } from '../../domain/digest.ts';
import type { Effect } from '../../domain/effect.ts';
import type { GateDecision } from '../../domain/gate.ts';
import type { Proposal, ProposalOf } from '../../domain/proposal.ts';
import type { AskedHead, OwnPullRequest } from '../../domain/run-view.ts';
import { createEffectors, effectorFor } from '../../publish/effectors.ts';
import type { NoteKeeping } from '../../publish/notes.ts';
import { holdCommit, prepareCommit } from '../../publish/commit.ts';
import type { Effector, PreparedCommit, PublishTarget } from '../../publish/target.ts';
import { wholeTextEffector, wholeTextOf } from '../../publish/whole-text.ts';
import { carryOut, type EffectSpec } from '../effects.ts';
import { reportLeftHead } from '../head-checks.ts';
import type { Checked } from './check.ts';
import type { Prepared } from './prepare.ts';
import type { Session } from '../session.ts';

/** Proposals by what the gate said; a dry run publishes nothing. */
export interface Sorted {
  /** Published now, without a person. */
  now: Proposal[];
  /** A draft pull request now, ready for review when a person approves. */
  draft: ProposalOf<'pull_request'>[];
  /** Nothing until a person approves. */
  later: Proposal[];
}

export function sortByDecision(checked: Checked, decisions: readonly GateDecision[]): Sorted {
  const sorted: Sorted = { now: [], draft: [], later: [] };
  for (const proposal of checked.proposals) {
    const value = decisions.find((decision) => decision.proposalId === proposal.id)?.value ?? 'block';
    if (value === 'publish') sorted.now.push(proposal);
    else if (value === 'review' && proposal.kind === 'pull_request') sorted.draft.push(proposal);
    else if (value === 'approve' || value === 'review') sorted.later.push(proposal);
  }
  return sorted;
}

/**
 * The commit of the run's pull request, built once and recorded: its SHA is what an approval binds to. Held,
 * it lies on `refs/muster/<run>` until it may be a branch: no CI starts there.
 */
export async function buildCommit(
  session: Session,
  prepared: Prepared,
  sorted: Sorted,
): Promise<PreparedCommit | null> {
  // Only what the gate lets through: a blocked change may hold a secret, and a commit is public.
  const proposal = [...sorted.now, ...sorted.draft, ...sorted.later].find(
    (candidate) => candidate.kind === 'pull_request',
  );
  const isHeld = sorted.later.some((candidate) => candidate.kind === 'pull_request');
  const { baseSha } = prepared;
  if (proposal === undefined || baseSha === null) return null;
  const { runId, subject } = session.run.request;
  return session.journal.step({ key: 'commit', kind: 'commit', input: proposal }, async () => {
    const commit = await prepareCommit(session.github, {
      runId,
      agent: prepared.agent.name,
      subject,
      baseRef: prepared.baseRef,
      baseSha,
      title: proposal.title,
      body: proposal.body,
      changes: proposal.changes,
    });
    if (isHeld) await holdCommit(session.github, runId, commit.sha);
    return commit;
  });
}

/**
 * Carries out proposals in the order of their kinds, each at most once; the effects stand in the view.
 *
 * @param round The one that the proposals are of: a push since then makes them no others.
 */
export async function publishAll(
  session: Session,
  prepared: Prepared,
  commit: PreparedCommit | null,
  proposals: readonly Proposal[],
  isDraftWanted: boolean,
  round: number,
): Promise<Effect[]> {
  const effects: Effect[] = [];
  for (const proposal of proposals) {
    const target = targetOf(session, prepared, commit, isDraftWanted);
    const effect = await publishOne(session, prepared, target, proposal, round);
    effects.push(effect);
    showEffect(session, effect);
    if (proposal.kind === 'pull_request' && effect.receipt !== null && effect.state === 'verified') {
      const left = session.view.pullRequest === null ? null : session.view.headSha;
      session.show({
        asked: askedHead(session),
        pullRequest: {
          number: Number(effect.receipt.id),
          url: effect.receipt.url ?? '',
          headSha: effect.receipt.sha ?? commit?.sha ?? '',
          title: proposal.title,
          body: proposal.body,
          isAsked: isDraftWanted,
        },
        headSha: effect.receipt.sha ?? commit?.sha ?? null,
      });
      // In later rounds it was done before.
      if (left !== null && left !== session.view.headSha && round === session.run.round)
        await reportLeftHead(session.engine, session.github, left, session.view);
    }
  }
  return effects;
}

/** Where the checks stood until now, if that is on somebody else's pull request. */
function askedHead({ view, run }: Session): AskedHead | null {
  const { pullRequest, headSha, checksDigest, asked = null } = view;
  const isFirst = pullRequest === null && run.request.subject.kind === 'pull_request';
  return isFirst && headSha !== null ? { headSha, checksDigest } : asked;
}

async function publishOne(
  session: Session,
  prepared: Prepared,
  target: PublishTarget,
  asProposed: Proposal,
  round: number,
): Promise<Effect> {
  const proposal = { ...asProposed, id: idInRun(asProposed, round) };
  const open = round > 0 && proposal.kind === 'pull_request' ? openPullRequest(session) : null;
  const kept = await keepWhole(session, prepared, target, proposal, open, round);
  // As if publishing it had been refused: a link that is missing for no known reason is told, not left out.
  if (kept?.state === 'failed') return { ...kept, kind: proposal.kind };
  const wholeUrl = kept?.state === 'verified' ? (kept.receipt?.url ?? null) : null;
  const effector = effectorFor(createEffectors(noteKeeping(session, prepared), open), proposal);
  const act = open === null ? `publish:${proposal.id}` : `move:${open.number}`;
  return carryOut(session, {
    key: `r${round}/${act}`,
    kind: proposal.kind,
    ...doing(effector, { ...target, wholeUrl }, proposal),
  });
}

/** Of an earlier round, at the head that was seen last: what someone pushed before the rework is in its commit. */
function openPullRequest({ view: { pullRequest, headSha } }: Session): OwnPullRequest | null {
  return pullRequest === null ? null : { ...pullRequest, headSha: headSha ?? pullRequest.headSha };
}

/**
 * Keeps on GitHub what will be cut, before the proposal that links it; null where there is nothing to keep. An effect
 * of its own and not a step: it is looked up after a crash, waited for and read back like any other.
 */
async function keepWhole(
  session: Session,
  prepared: Prepared,
  target: PublishTarget,
  proposal: Proposal,
  open: OwnPullRequest | null,
  round: number,
): Promise<Effect | null> {
  const whole = wholeTextOf(proposal);
  // GitHub takes no git objects for a repository in which nobody has committed yet.
  if (whole === null || prepared.baseSha === null) return null;
  // A rework that leaves the description as it is writes none.
  if (proposal.kind === 'pull_request' && proposal.body === open?.body) return null;
  const effect = await carryOut(session, {
    key: `r${round}/keep:${whole.id}`,
    kind: 'whole_text',
    ...doing(wholeTextEffector, target, whole),
  });
  if (effect.state !== 'verified' || effect.receipt?.url !== null) showEffect(session, effect);
  return effect;
}

function doing<P>(effector: Effector<P>, target: PublishTarget, intent: P): Omit<EffectSpec, 'key' | 'kind'> {
  return {
    intent,
    canBeFound: effector.canBeFound,
    find: async () => effector.find(target, intent),
    wasUndone: async (since) => (await effector.wasUndone?.(target, intent, since)) ?? false,
    perform: async () => effector.perform(target, intent),
    verify: async (receipt) => effector.verify(target, intent, receipt),
  };
}

/** A rework counts its proposals from `p1` again; markers on GitHub need ids that are unique in the run. */
function idInRun({ id }: Proposal, round: number): string {
  return round === 0 ? id : `${id}r${round}`;
}

/** A run's notes: trusted only from an untainted run that someone with access asked for. */
function noteKeeping(session: Session, prepared: Prepared): NoteKeeping {
  const { run, engine } = session;
  const { requester, subject } = run.request;
  const createdAt = engine.clock.now();
  return {
    store: engine.notes,
    noteFor: (note, key) => ({
      id: base32Digest(key, 10),
      text: note.text,
      kind: note.kind,
      author: prepared.agent.name,
      trust: run.isTainted || requester === null ? 'quarantined' : 'trusted',
      sourceUrl: prepared.issue.url,
      horizon: note.kind === 'subject' ? `subject:${subject.number}` : 'repository',
      createdAt: createdAt.toISOString(),
      expiresAt: new Date(createdAt.getTime() + prepared.config.memory.days * 86_400_000).toISOString(),
      supersededBy: null,
    }),
  };
}

/** Puts it in the view, in the place of what was known of it. */
export function showEffect(session: Session, effect: Effect): void {
  session.show({ effects: [...session.view.effects.filter((other) => other.key !== effect.key), effect] });
}

function targetOf(
  session: Session,
  prepared: Prepared,
  commit: PreparedCommit | null,
  isDraftWanted: boolean,
): PublishTarget {
  const { request, createdAt } = session.run;
  return {
    github: session.github,
    runId: request.runId,
    agent: prepared.agent.name,
    subject: request.subject,
    since: createdAt,
    repository: prepared.repository,
    headSha: prepared.pullRequest?.head.sha ?? null,
    commit,
    isDraftWanted,
    wholeUrl: null,
  };
}
