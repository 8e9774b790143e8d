import type { Subject } from '../domain/subject.ts';
import type { Receipt } from '../domain/effect.ts';
import type { GitHub, RepositoryFacts } from '../ports/github.ts';

/** A commit that lies on GitHub and on no branch yet; its SHA is what an approval binds to. */
export interface PreparedCommit {
  sha: string;
  treeSha: string;
  /** Branch that the pull request goes to, without `refs/heads/`. */
  baseRef: string;
  baseSha: string;
  /** The head branch that it gets, without `refs/heads/`. */
  branch: string;
}

/** Where the proposals of one run go. `Api` is the part of GitHub that an effector uses. */
export interface PublishTarget<Api = GitHub> {
  github: Api;
  runId: string;
  /** Name of the agent or flow, for the line that says who wrote a text. */
  agent: string;
  subject: Subject;
  /** When this run's publishing may first have started, ISO 8601: lower bound for looking an effect up. */
  since: string;
  repository: RepositoryFacts;
  /** Head of the subject's pull request when the run started; null for issues. */
  headSha: string | null;
  /** What a `pull_request` publishes, prepared before the gate; null where none is proposed. */
  commit: PreparedCommit | null;
  isDraftWanted: boolean;
  /** The file that holds the proposal's text whole; null where it fits, or could not be kept. */
  wholeUrl: string | null;
}

/** What a text of a proposal is signed and cut with. */
export type Signature = Pick<PublishTarget<unknown>, 'agent' | 'runId' | 'wholeUrl'>;

/**
 * Carries out one kind of proposal. The caller records the intent first, calls `find` on a resume, and
 * `perform` only where nothing was found; all three may throw `MusterError`.
 */
export interface Effector<P, Api = GitHub> {
  /** False where GitHub can't be asked: a `perform` without an answer is then `unknown`, never repeated. */
  readonly canBeFound: boolean;
  /** Asks GitHub, by listing, whether the effect is already there. */
  find(target: PublishTarget<Api>, proposal: P): Promise<Receipt | null>;
  perform(target: PublishTarget<Api>, proposal: P): Promise<Receipt>;
  /** Asks GitHub whether it was there, and somebody else undid it, since then (ISO 8601); absent where GitHub can't say. */
  wasUndone?(target: PublishTarget<Api>, proposal: P, since: string): Promise<boolean>;
  /** Reads back whether it is there as intended; GitHub's reads can lag, so false may become true. */
  verify(target: PublishTarget<Api>, proposal: P, receipt: Receipt): Promise<boolean>;
}

const CLOCK_MARGIN_MS = 5 * 60_000;

/** `since`, minus a margin for the difference between our clock and GitHub's. */
export function lookupStart(since: string): string {
  return new Date(Date.parse(since) - CLOCK_MARGIN_MS).toISOString();
}
