import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { authenticate } from './auth.ts';
import { canPush, canSee, checkRepository } from './authorise.ts';
import { refusal, send } from './answer.ts';
import { asGitHubError, GitHubError, notFound } from './errors.ts';
import { serveGit } from './git/http.ts';
import type { Repository } from './model.ts';
import { refMoved } from './operations/refs.ts';
import { actorOf, findRepository, type Caller, type SimulatorState } from './state.ts';

/** The parts of a git URL; null for any other. */
export function gitPath(path: string): { owner: string; name: string; pathInfo: string } | null {
  const [, owner, name, pathInfo] = /^\/([^/]+)\/([^/]+?)\.git(\/.+)$/.exec(path) ?? [];
  return owner === undefined || name === undefined || pathInfo === undefined
    ? null
    : { owner, name, pathInfo };
}

/** Serves git over HTTP with the token as Basic password; what was pushed has its effects before this resolves. */
export async function serveGitRequest(
  state: SimulatorState,
  req: IncomingMessage,
  res: ServerResponse,
  url: URL,
): Promise<void> {
  try {
    const { repository, pathInfo, caller } = admit(state, req, url);
    const actor = actorOf(caller);
    const isPush = actor !== null && pathInfo.endsWith('/git-receive-pack');
    const before = isPush ? await refsOf(repository) : new Map<string, string>();
    const closed = once(res, 'close');
    serveGit(req, res, {
      dir: repository.git.dir,
      pathInfo,
      user: actor?.user.login ?? 'anonymous',
      canPush: canPush(state, caller, repository),
    });
    await closed;
    if (!isPush) return;
    const after = await refsOf(repository);
    for (const ref of new Set([...before.keys(), ...after.keys()])) {
      const move = { ref, before: before.get(ref) ?? null, after: after.get(ref) ?? null };
      await refMoved(state, actor, repository, move);
    }
  } catch (error) {
    const known = asGitHubError(error);
    if (known === null) throw error;
    const headers: Record<string, string> =
      known.status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {};
    send(state, res, refusal(known, headers));
  }
}

function admit(
  state: SimulatorState,
  req: IncomingMessage,
  url: URL,
): { repository: Repository; pathInfo: string; caller: Caller } {
  const { owner, name, pathInfo } = gitPath(url.pathname) ?? { owner: '', name: '', pathInfo: '' };
  const caller = authenticate(state, req.headers.authorization);
  const repository = findRepository(state, owner, name);
  const isPush = `${pathInfo}${url.search}`.includes('git-receive-pack');
  if (caller.kind === 'app') throw new GitHubError(401, 'Bad credentials');
  if (caller.kind === 'anonymous' && (isPush || repository?.isPrivate !== false)) {
    throw new GitHubError(401, 'Requires authentication');
  }
  if (repository === null || !canSee(state, caller, repository)) throw notFound();
  checkRepository(state, caller, repository, {
    kind: 'repository',
    permissions: ['contents'],
    level: isPush ? 'write' : 'read',
    role: isPush ? 'write' : 'read',
  });
  return { repository, pathInfo, caller };
}

async function refsOf(repository: Repository): Promise<Map<string, string>> {
  const refs = await repository.git.listRefs('refs/');
  return new Map(refs.map(({ ref, sha }) => [ref, sha]));
}
