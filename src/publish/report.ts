import type { AppIdentity } from '../domain/actor.ts';
import { base32Digest } from '../domain/digest.ts';
import { MusterError, messageOf } from '../domain/errors.ts';
import type { CommentFacts, GitHub } from '../ports/github.ts';
import type { CheckContent, CheckFacts } from '../ports/github-checks.ts';
import type { Log } from '../ports/log.ts';
import { CHECK_NAMES, type CheckName } from './checks.ts';
import { cutMarkdown } from './markdown.ts';
import { answerMarker, isMarkedByUs, runMarker } from './markers.ts';
import { MAX_BODY } from './signed-text.ts';
import { lookupStart } from './target.ts';

type CommentApi = Pick<
  GitHub,
  'identity' | 'getComment' | 'listComments' | 'createComment' | 'updateComment'
>;

export interface PostedComment {
  id: number;
  url: string;
  /** GitHub's time of the last edit, ISO 8601. */
  updatedAt: string;
}

export interface TrackingComment {
  number: number;
  runId: string;
  /** With the run's marker, as `renderTrackingComment` makes it. */
  body: string;
  /** The comment's id where it is known; checked before anything is written to it. */
  knownId: number | null;
  /** When the run was made, ISO 8601: nothing older is searched. */
  since: string;
}

/**
 * Makes the run's one tracking comment show `body`: edited where it stands, posted where it doesn't (the
 * first time, or because someone deleted it). Writes nothing where it shows that already. Safe to repeat.
 */
export async function upsertTrackingComment(
  github: CommentApi,
  { number, runId, body, knownId, since }: TrackingComment,
): Promise<PostedComment> {
  const marker = runMarker(runId);
  const known = knownId === null ? null : await github.getComment(knownId);
  const isKnown = known !== null && isMarkedByUs(known, github.identity, marker);
  const current = isKnown ? known : await findOwn(github, number, marker, since);
  if (current === null) return posted(await github.createComment(number, body));
  if (current.body === body) return posted(current);
  try {
    return posted(await github.updateComment(current.id, body));
  } catch (error) {
    if (!(error instanceof MusterError) || error.code !== 'github_not_found') throw error;
    return posted(await github.createComment(number, body));
  }
}

/**
 * Answers a command or a refused trigger, once for its key however often it is called.
 *
 * @param answer `key` is the trigger's; `text` is Markdown of our own, foreign text in it escaped.
 */
export async function postAnswer(
  github: CommentApi,
  { number, key, text, since }: { number: number; key: string; text: string; since: string },
): Promise<PostedComment> {
  const marker = answerMarker(base32Digest(key, 12));
  const tail = `<sub>Automated by Muster.</sub>\n\n${marker}`;
  const own = await findOwn(github, number, marker, since);
  const body = `${cutMarkdown(text, MAX_BODY - tail.length - 2)}\n\n${tail}`;
  return posted(own ?? (await github.createComment(number, body)));
}

async function findOwn(
  github: CommentApi,
  number: number,
  marker: string,
  since: string,
): Promise<CommentFacts | null> {
  const comments = await github.listComments(number, lookupStart(since));
  return comments.find((comment) => isMarkedByUs(comment, github.identity, marker)) ?? null;
}

function posted({ id, url, updatedAt }: CommentFacts): PostedComment {
  return { id, url, updatedAt };
}

/**
 * Reports the checks on a head, one of each name: our own is updated, else created. Ours is the one of our
 * App; in the Action, whose token has no App id, the one whose `external_id` names a run of the new content.
 */
export async function upsertChecks(
  github: Pick<GitHub, 'identity' | 'listChecks' | 'createCheck' | 'updateCheck'>,
  headSha: string,
  contents: Readonly<Partial<Record<CheckName, CheckContent>>>,
): Promise<CheckFacts[]> {
  const present = await github.listChecks(headSha);
  const reported: CheckFacts[] = [];
  for (const name of CHECK_NAMES) {
    const content = contents[name];
    if (content === undefined) continue;
    const own = present.find((check) => check.name === name && isOwnCheck(check, github.identity, content));
    reported.push(
      own === undefined
        ? await github.createCheck(name, headSha, content)
        : await github.updateCheck(own.id, content),
    );
  }
  return reported;
}

function isOwnCheck(check: CheckFacts, identity: AppIdentity, content: CheckContent): boolean {
  if (identity.appId !== null) return check.appId === identity.appId;
  const runIds = new Set(content.externalId.split(','));
  return check.externalId.split(',').some((runId) => runIds.has(runId));
}

/** Puts a reaction on, best effort: a run doesn't fail for want of one. */
export async function react(
  { github, log }: { github: Pick<GitHub, 'react'>; log: Log },
  nodeId: string,
  content: 'eyes' | 'confused',
): Promise<void> {
  try {
    await github.react(nodeId, content);
  } catch (error) {
    log.warn('reaction failed', { nodeId, content, error: messageOf(error) });
  }
}
