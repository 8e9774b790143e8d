import { MusterError } from '../domain/errors.ts';
import type { FileChange } from '../domain/proposal.ts';
import { isRunId } from '../domain/trigger.ts';
import type { Subject } from '../domain/subject.ts';
import type { GitHub, TreeEntry } from '../ports/github.ts';
import { oneLine } from './markdown.ts';
import { stripMarkers } from './markers.ts';
import { titleLine } from './signed-text.ts';
import type { PreparedCommit } from './target.ts';

type Api = Pick<
  GitHub,
  'getCommit' | 'createBlob' | 'createTree' | 'createCommit' | 'getRef' | 'createRef' | 'updateRef'
>;

/** What a commit is made of; `title`, `body` and `changes` as the guards left them. */
export interface CommitInput {
  runId: string;
  agent: string;
  subject: Subject;
  baseRef: string;
  baseSha: string;
  title: string;
  body: string;
  changes: readonly FileChange[];
}

/**
 * Builds the commit on GitHub, on no branch, signed as the App. Objects that no ref reaches stay unseen, so
 * a crash leaves nothing behind; record the result, because a second call makes another SHA.
 */
export async function prepareCommit(github: Api, input: CommitInput): Promise<PreparedCommit> {
  const base = await github.getCommit(input.baseSha);
  if (base === null) {
    throw new MusterError('github_not_found', 'the base commit is gone', { value: input.baseSha });
  }
  const entries: TreeEntry[] = [];
  for (const change of input.changes) entries.push(await treeEntry(github, change));
  const treeSha = await github.createTree(base.treeSha, entries);
  if (treeSha === base.treeSha) {
    throw new MusterError('no_changes', 'the proposed files are what the base has already');
  }
  const sha = await github.createCommit(commitMessage(input), treeSha, [input.baseSha]);
  return { sha, treeSha, baseRef: input.baseRef, baseSha: input.baseSha, branch: branchName(input) };
}

async function treeEntry(github: Api, { path, mode, content, encoding }: FileChange): Promise<TreeEntry> {
  const blobSha = content === null ? null : await github.createBlob(content, encoding);
  return { path, mode, blobSha };
}

/**
 * Puts a waiting commit on `refs/muster/<run>`: no branch, so that no CI starts, but GitHub keeps and shows
 * it. A later commit of the run replaces it; the same one again changes nothing.
 */
export async function holdCommit(github: Api, runId: string, sha: string): Promise<void> {
  const ref = `refs/muster/${runId}`;
  const current = await createRefOrRead(github, ref, sha);
  if (current !== sha) await github.updateRef(ref, sha, true);
}

/** Creates the ref at `sha`, or leaves it where it is; returns where it points then. */
export async function createRefOrRead(
  github: Pick<GitHub, 'getRef' | 'createRef'>,
  ref: string,
  sha: string,
): Promise<string> {
  const current = await github.getRef(ref);
  if (current !== null) return current;
  try {
    await github.createRef(ref, sha);
    return sha;
  } catch (error) {
    if (!(error instanceof MusterError) || error.code !== 'github_invalid') throw error;
    // Someone was faster, or an answer got lost on an earlier try.
    const raced = await github.getRef(ref);
    if (raced === null) throw error;
    return raced;
  }
}

/** True for a commit that this run made, by the trailer that `prepareCommit` writes. */
export function isCommitOfRun(message: string, runId: string): boolean {
  return message.trimEnd().split('\n').at(-1) === trailerOf(runId);
}

function trailerOf(runId: string): string {
  return `Muster-Run: ${runId}`;
}

/** Title, first paragraph, and last our trailer alone: the body can't bring trailers of its own. */
function commitMessage({ title, body, runId }: CommitInput): string {
  const paragraph = stripMarkers(body)
    .split(/\r?\n\s*\r?\n/)
    .map((text) => text.trim())
    .find((text) => text !== '' && !/^(?:#|```|~~~|<|\||>)/.test(text));
  const lines = (paragraph ?? '').split(/\r?\n/).filter((line) => !/^\s*[\w-]+-(?:by|run)\s*:/i.test(line));
  const parts = [titleLine(title), lines.map((line) => oneLine(line, 500)).join('\n')];
  if (isRunId(runId)) parts.push(trailerOf(runId));
  return parts.filter((part) => part !== '').join('\n\n');
}

function branchName({ agent, subject, title }: CommitInput): string {
  return `muster/${slug(agent, 40) || 'agent'}/${subject.number}-${slug(title, 40) || 'change'}`;
}

/** Only characters that no ref name, shell or URL gives a meaning. */
function slug(text: string, max: number): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, max)
    .replaceAll(/^-+|-+$/g, '');
}
