import { passingShare, type CriterionScore, type PanelMember, type Verdict } from '../domain/verdict.ts';
import { combine, type Ballot, type Learned, type Vote } from './aggregate.ts';

/** Who is asked, and in which order it sees what is to be judged. */
export interface Seat {
  /** `provider/model`. */
  model: string;
  /** 0 as given, 1 reversed, further ones rotated as well. */
  order: number;
}

/** What one seat answered. */
export interface Answer extends Seat {
  criteria: CriterionScore[];
  summary: string;
  score: number;
}

type Scored = Extract<Verdict, { kind: 'scored' }>;

/** The first `size` seats: every model once, then every model in the next order. Models are not empty. */
export function seatPanel(models: readonly [string, ...string[]], size: number): Seat[] {
  return Array.from({ length: size }, (_, index) => ({
    model: models[index % models.length] ?? models[0],
    order: Math.floor(index / models.length),
  }));
}

/** The items in one of their orders: judges favour what stands at certain places, each order another place. */
export function inOrder<T>(items: readonly T[], order: number): T[] {
  const start = items.length === 0 ? 0 : Math.floor(order / 2) % items.length;
  const rotated = [...items.slice(start), ...items.slice(0, start)];
  return order % 2 === 0 ? rotated : rotated.reverse();
}

/**
 * A panel's answers as one verdict, with the shares that people's decisions give to its judges. Null where
 * the answers are no majority of the seats: a panel that mostly fell silent has no verdict.
 */
export function combinePanel(
  answers: readonly Answer[],
  asked: { seats: number; threshold: number; learned: Learned; proposedCharacters: number },
): Omit<Scored, 'kind' | 'model' | 'isSelfJudged' | 'costMicroUsd'> | null {
  if (answers.length * 2 <= asked.seats) return null;
  const combined = combine(ballotOf(answers, asked.proposedCharacters), asked.learned);
  if (combined.score === null) return null;
  const { shares, probability } = combined;
  const score = rounded(combined.score);
  const members = answers.map((answer) => ({ answer, share: shareOf(answer, answers, shares) }));
  const panel = members.map(({ answer: { model, order, score }, share }) => ({ model, order, score, share }));
  const passing = passingShare(panel, asked.threshold);
  return {
    criteria: combineCriteria(members),
    summary: nearest(answers, score, (answer) => answer.score)?.summary ?? '',
    score,
    threshold: asked.threshold,
    panel,
    agreement: Math.max(passing, 1 - passing),
    probability,
    decisions: asked.learned.decisions,
    proposedCharacters: asked.proposedCharacters,
  };
}

/** What a recorded verdict said, for learning; verdicts of earlier builds have one judge and no length. */
export function ballotOfVerdict(verdict: Scored): Ballot {
  const { panel = [{ model: verdict.model, score: verdict.score }], proposedCharacters = null } = verdict;
  return ballotOf(panel, proposedCharacters);
}

function ballotOf(
  panel: readonly Pick<PanelMember, 'model' | 'score'>[],
  proposedCharacters: number | null,
): Ballot {
  const votes: Vote[] = panel.map(({ model, score }) => ({ judge: model, score }));
  return { votes, logLength: proposedCharacters === null ? null : Math.log(Math.max(1, proposedCharacters)) };
}

/** A judge's share, in equal parts among its orders. */
function shareOf({ model }: Seat, answers: readonly Seat[], shares: ReadonlyMap<string, number>): number {
  return (shares.get(model) ?? 0) / answers.filter((answer) => answer.model === model).length;
}

function combineCriteria(members: readonly { answer: Answer; share: number }[]): CriterionScore[] {
  return (members[0]?.answer.criteria ?? []).map(({ name }) => {
    const entries = members.flatMap(({ answer, share }) =>
      answer.criteria.filter((entry) => entry.name === name).map((entry) => ({ ...entry, share })),
    );
    const score = entries.reduce((sum, entry) => sum + entry.score * entry.share, 0);
    const evidence = nearest(entries, score, (entry) => entry.score)?.evidence ?? '';
    return { name, score: rounded(score), evidence };
  });
}

/** Thirds don't add up to exactly one: a score at its threshold must not fall below it for that. */
function rounded(score: number): number {
  return Math.round(score * 1e9) / 1e9;
}

/** The first of those that lie nearest. */
function nearest<T>(items: readonly T[], target: number, valueOf: (item: T) => number): T | undefined {
  return items.toSorted(
    (left, right) => Math.abs(valueOf(left) - target) - Math.abs(valueOf(right) - target),
  )[0];
}
