import { GitHubError, invalid, notFound } from '../errors.ts';
import type { Repository } from '../model.ts';
import { refMoved } from '../operations/refs.ts';
import type { Payload } from '../payloads/account.ts';
import { gitCommitPayload } from '../payloads/commit.ts';
import { apiUrl } from '../payloads/repository.ts';
import { nowText, type SimulatorState } from '../state.ts';
import { actorIn, ok, textParam, type RepositoryHandler, type RestRequest } from './request.ts';

interface Person {
  name: string;
  email: string;
  date?: string;
}

interface CommitBody {
  message: string;
  tree: string;
  parents?: string[];
  author?: Person;
  committer?: Partial<Person>;
  signature?: string;
}

interface TreeBody {
  base_tree?: string;
  tree: { path?: string; mode?: string; type?: string; sha?: string | null; content?: string }[];
}

const handlers: Record<string, RepositoryHandler> = {
  'git/create-blob': async (request, repository) => {
    const { content, encoding } = request.body as { content: string; encoding?: string };
    const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
    const sha = await repository.git.writeBlob(bytes);
    return { status: 201, body: { sha, url: gitUrl(request.state, repository, `blobs/${sha}`) } };
  },

  'git/get-blob': async (request, repository) => {
    const sha = textParam(request, 'file_sha');
    const bytes = await repository.git.readBlob(sha);
    if (bytes === null) throw notFound();
    return ok({
      sha,
      node_id: `B_${sha}`,
      size: bytes.length,
      url: gitUrl(request.state, repository, `blobs/${sha}`),
      content: Buffer.from(bytes).toString('base64'),
      encoding: 'base64',
    });
  },

  'git/create-tree': async (request, repository) => {
    const sha = await writeTree(repository, request.body as TreeBody);
    return { status: 201, body: await treePayload(request.state, repository, sha, false) };
  },

  'git/get-tree': async (request, repository) => {
    const name = textParam(request, 'tree_sha');
    const commit = await repository.git.resolveCommit(name);
    const sha = commit === null ? name : ((await repository.git.readCommit(commit))?.tree ?? name);
    const isRecursive = request.query.recursive !== undefined;
    return ok(await treePayload(request.state, repository, sha, isRecursive));
  },

  'git/create-commit': async (request, repository) => {
    const sha = await writeCommit(request, repository);
    return { status: 201, body: await commitBody(request.state, repository, sha) };
  },

  'git/get-commit': async (request, repository) =>
    ok(await commitBody(request.state, repository, textParam(request, 'commit_sha'))),

  'git/get-ref': async (request, repository) => {
    const ref = `refs/${textParam(request, 'ref')}`;
    const sha = await repository.git.getRef(ref);
    if (sha === null) throw notFound();
    return ok(refPayload(request.state, repository, ref, sha));
  },

  'git/list-matching-refs': async (request, repository) => {
    const refs = await repository.git.listRefs(`refs/${textParam(request, 'ref')}`);
    return ok(refs.map(({ ref, sha }) => refPayload(request.state, repository, ref, sha)));
  },

  'git/create-ref': async (request, repository) => {
    const { ref, sha } = request.body as { ref: string; sha: string };
    if (!/^refs\/[^/]+\/./.test(ref)) {
      throw invalid("Reference name must start with 'refs/' and have at least two slashes.");
    }
    await checkCommit(repository, sha);
    if ((await repository.git.getRef(ref)) !== null) throw invalid('Reference already exists');
    await repository.git.setRef(ref, sha, null);
    await refMoved(request.state, actorIn(request), repository, { ref, before: null, after: sha });
    return { status: 201, body: refPayload(request.state, repository, ref, sha) };
  },

  'git/update-ref': async (request, repository) => {
    const ref = `refs/${textParam(request, 'ref')}`;
    const { sha, force = false } = request.body as { sha: string; force?: boolean };
    const before = await repository.git.getRef(ref);
    if (before === null) throw invalid('Reference does not exist');
    await checkCommit(repository, sha);
    if (!force && !(await repository.git.isAncestor(before, sha))) {
      throw invalid('Update is not a fast forward');
    }
    await repository.git.setRef(ref, sha, before);
    await refMoved(request.state, actorIn(request), repository, { ref, before, after: sha });
    return ok(refPayload(request.state, repository, ref, sha));
  },

  'git/delete-ref': async (request, repository) => {
    const ref = `refs/${textParam(request, 'ref')}`;
    const before = await repository.git.getRef(ref);
    if (before === null) throw invalid('Reference does not exist');
    if (ref === `refs/heads/${repository.defaultBranch}`) throw invalid('Cannot delete the default branch');
    await repository.git.deleteRef(ref);
    await refMoved(request.state, actorIn(request), repository, { ref, before, after: null });
    return { status: 204 };
  },
};

/** Blobs, trees, commits and refs. */
export const gitDataHandlers: Record<string, RepositoryHandler> = Object.fromEntries(
  Object.entries(handlers).map(([name, handle]) => [name, onlyWithCommits(handle)]),
);

/** Known to have commits: GitHub lets nobody delete the default branch, so they stay. */
const begun = new WeakSet<Repository>();

/** GitHub reads and takes no git objects before a first commit has come by a push or as a file. */
function onlyWithCommits(handle: RepositoryHandler): RepositoryHandler {
  return async (request, repository) => {
    if (!begun.has(repository) && (await repository.git.listRefs('refs/')).length === 0)
      throw new GitHubError(409, 'Git Repository is empty.');
    begun.add(repository);
    return handle(request, repository);
  };
}

async function writeTree(repository: Repository, body: TreeBody): Promise<string> {
  const changes = await Promise.all(
    body.tree.map(async ({ path = '', mode = '100644', sha, content }) => ({
      path,
      mode,
      type:
        mode === '040000' ? ('tree' as const) : mode === '160000' ? ('commit' as const) : ('blob' as const),
      sha: content === undefined ? (sha ?? null) : await repository.git.writeBlob(Buffer.from(content)),
    })),
  );
  return repository.git.writeTree(body.base_tree ?? null, changes);
}

/** GitHub signs what an App commits under its own name: without author, committer and signature. */
async function writeCommit(request: RestRequest, repository: Repository): Promise<string> {
  const { message, tree, parents = [], author, committer, signature } = request.body as CommitBody;
  const { user, app } = actorIn(request);
  for (const parent of parents) await checkCommit(repository, parent);
  const own = { name: user.login, email: user.email, date: nowText(request.state) };
  const sha = await repository.git.writeCommit({
    message,
    tree,
    parents,
    author:
      author === undefined
        ? own
        : { date: own.date, name: author.name, email: author.email, ...dated(author) },
  });
  const isSigned = app !== null && author === undefined && committer === undefined && signature === undefined;
  if (isSigned) repository.verifiedCommits.add(sha);
  return sha;
}

function dated({ date }: Person): { date?: string } {
  return date === undefined ? {} : { date };
}

async function checkCommit(repository: Repository, sha: string): Promise<void> {
  if ((await repository.git.readCommit(sha)) === null) throw invalid('Object does not exist');
}

async function commitBody(state: SimulatorState, repository: Repository, sha: string): Promise<Payload> {
  const commit = await repository.git.readCommit(sha);
  if (commit === null) throw notFound();
  return gitCommitPayload(state, repository, commit);
}

async function treePayload(
  state: SimulatorState,
  repository: Repository,
  sha: string,
  isRecursive: boolean,
): Promise<Payload> {
  const items = await repository.git.readTree(sha, isRecursive);
  return {
    sha,
    url: gitUrl(state, repository, `trees/${sha}`),
    tree: items.map(({ size, ...item }) => ({
      ...item,
      ...(size === null ? {} : { size }),
      url: gitUrl(state, repository, `${item.type}s/${item.sha}`),
    })),
    truncated: false,
  };
}

function refPayload(state: SimulatorState, repository: Repository, ref: string, sha: string): Payload {
  return {
    ref,
    node_id: `REF_${Buffer.from(`${repository.id}:${ref}`).toString('base64url')}`,
    url: gitUrl(state, repository, ref),
    object: { sha, type: 'commit', url: gitUrl(state, repository, `commits/${sha}`) },
  };
}

function gitUrl(state: SimulatorState, repository: Repository, path: string): string {
  return `${apiUrl(state, repository)}/git/${path}`;
}
