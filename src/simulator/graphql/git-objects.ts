import type { Repository } from '../model.ts';
import { webUrl } from '../payloads/repository.ts';
import type { Fields, GraphqlContext } from './context.ts';

/** A `Ref` by its full name; null where there is none. */
export async function refFields(
  context: GraphqlContext,
  repository: Repository,
  ref: string,
): Promise<Fields | null> {
  const sha = await repository.git.getRef(ref);
  if (sha === null) return null;
  const prefix = /^refs\/(?:heads|tags)\//.exec(ref)?.[0] ?? 'refs/';
  return {
    __typename: 'Ref',
    id: nodeIdOfRef(repository, ref),
    name: ref.slice(prefix.length),
    prefix,
    target: () => objectFields(context, repository, sha),
  };
}

/** The node id of a ref, which `refOfNodeId` reads back. */
function nodeIdOfRef(repository: Repository, ref: string): string {
  return `REF_${Buffer.from(`${repository.id}:${ref}`).toString('base64url')}`;
}

/** The repository's id and the full name of the ref that a node id stands for; null for any other id. */
export function refOfNodeId(nodeId: string): { repositoryId: number; ref: string } | null {
  if (!nodeId.startsWith('REF_')) return null;
  const text = Buffer.from(nodeId.slice(4), 'base64url').toString('utf8');
  const match = /^(\d+):(refs\/.+)$/.exec(text);
  return match === null ? null : { repositoryId: Number(match[1]), ref: match[2] ?? '' };
}

/** What `object(expression:)` finds: `main`, a sha, or `main:path/to/file`. */
export async function objectAt(
  context: GraphqlContext,
  repository: Repository,
  expression: string,
): Promise<Fields | null> {
  const colon = expression.indexOf(':');
  if (colon === -1) {
    const commit = await repository.git.resolveCommit(expression);
    return await objectFields(context, repository, commit ?? expression);
  }
  const found = await repository.git.readPath(expression.slice(0, colon), expression.slice(colon + 1));
  return found === null ? null : await objectFields(context, repository, found.sha);
}

/** A `Commit`, `Tree` or `Blob` by its sha; null where there is none. */
export async function objectFields(
  context: GraphqlContext,
  repository: Repository,
  sha: string,
): Promise<Fields | null> {
  const type = await repository.git.typeOf(sha);
  if (type === 'commit') return await commitFields(context, repository, sha);
  if (type === 'tree') return treeFields(context, repository, sha);
  const bytes = await repository.git.readBlob(sha);
  return bytes === null ? null : blobFields(repository, sha, bytes);
}

/** A `Commit`; null where the sha is none. Signed ones carry GitHub's own signature. */
export async function commitFields(
  context: GraphqlContext,
  repository: Repository,
  sha: string,
): Promise<Fields | null> {
  const commit = await repository.git.readCommit(sha);
  if (commit === null) return null;
  const [messageHeadline = '', ...rest] = commit.message.split('\n');
  return {
    __typename: 'Commit',
    ...idFields(repository, 'C', sha),
    message: commit.message,
    messageHeadline,
    messageBody: rest.join('\n').trim(),
    url: `${webUrl(context.state, repository)}/commit/${sha}`,
    author: commit.author,
    authoredDate: commit.author.date,
    committedDate: commit.author.date,
    tree: treeFields(context, repository, commit.tree),
    signature: repository.verifiedCommits.has(sha) ? SIGNATURE : null,
  };
}

const SIGNATURE: Fields = {
  __typename: 'GpgSignature',
  email: 'noreply@github.com',
  isValid: true,
  state: 'VALID',
  wasSignedByGitHub: true,
};

function treeFields(context: GraphqlContext, repository: Repository, sha: string): Fields {
  const entries = async (): Promise<Fields[]> =>
    (await repository.git.readTree(sha, false)).map((item) => ({
      name: item.path,
      path: item.path,
      type: item.type,
      mode: Number.parseInt(item.mode, 8),
      oid: item.sha,
      size: item.size ?? 0,
      object: () => objectFields(context, repository, item.sha),
    }));
  return { __typename: 'Tree', ...idFields(repository, 'T', sha), entries };
}

function blobFields(repository: Repository, sha: string, bytes: Uint8Array): Fields {
  const isBinary = bytes.includes(0);
  return {
    __typename: 'Blob',
    ...idFields(repository, 'B', sha),
    byteSize: bytes.length,
    isBinary,
    isTruncated: false,
    text: isBinary ? null : Buffer.from(bytes).toString('utf8'),
  };
}

function idFields(repository: Repository, prefix: 'C' | 'T' | 'B', sha: string): Fields {
  const id = `${prefix}_${Buffer.from(`${repository.id}:${sha}`).toString('base64url')}`;
  return { id, oid: sha, abbreviatedOid: sha.slice(0, 7) };
}
