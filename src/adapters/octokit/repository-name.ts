import { MusterError } from '../../domain/errors.ts';
import type { RepositoryFacts } from '../../ports/github.ts';
import type { TenantId } from '../../domain/tenant.ts';
import type { Octokit } from './client.ts';

const CHECK_AGAIN_MS = 60_000;

/** How a repository is called in URLs at the moment. */
interface RepositoryName {
  owner: string;
  repo: string;
}

/** The name of one repository, asked of GitHub by id: an old name may by now belong to another repository. */
export interface NameResolver {
  name(): Promise<RepositoryName>;
  facts(): Promise<RepositoryFacts>;
}

interface RepositoryAnswer {
  id: number;
  name: string;
  owner: { login: string };
  default_branch: string;
  private: boolean;
  archived: boolean;
  clone_url: string;
  html_url: string;
}

/**
 * Resolves the name at the first call, and once more where a call that used it found nothing or was
 * redirected: renamed meanwhile, the call is repeated under the new name.
 */
export function createNameResolver(octokit: Octokit, id: TenantId, now: () => number): NameResolver {
  let known: Promise<RepositoryFacts> | null = null;
  let askedAt = 0;

  const facts = (): Promise<RepositoryFacts> => {
    askedAt = now();
    const asked = fetchRepository(octokit, id);
    known = asked;
    asked.catch(() => {
      if (known === asked) known = null;
    });
    return asked;
  };
  const name = async (): Promise<RepositoryName> => nameIn(await (known ?? facts()));

  octokit.hook.wrap('request', async (request, parameters) => {
    const isByName = parameters.url.startsWith('/repos/{owner}/{repo}');
    try {
      return await request(parameters);
    } catch (error) {
      const status = isByName ? statusOf(error) : 0;
      const isRedirect = status >= 300 && status < 400;
      if (!isRedirect && !(status === 404 && now() - askedAt >= CHECK_AGAIN_MS)) throw error;
      const current = nameIn(await facts());
      if (current.owner === parameters.owner && current.repo === parameters.repo) throw error;
      return await request(Object.assign(parameters, current));
    }
  });
  return { name, facts };
}

async function fetchRepository(octokit: Octokit, id: TenantId): Promise<RepositoryFacts> {
  const response = await octokit.request('GET /repositories/{repository_id}', { repository_id: id });
  const data = response.data as RepositoryAnswer;
  if (data.id !== id) {
    throw new MusterError('github_invalid', 'GitHub answered with another repository', { value: data.id });
  }
  return {
    id: data.id,
    owner: data.owner.login,
    name: data.name,
    defaultBranch: data.default_branch,
    isPrivate: data.private,
    isArchived: data.archived,
    cloneUrl: data.clone_url,
    url: data.html_url,
  };
}

function nameIn(facts: RepositoryFacts): RepositoryName {
  return { owner: facts.owner, repo: facts.name };
}

function statusOf(error: unknown): number {
  const value = error instanceof MusterError ? (error.value as { status?: number } | undefined) : undefined;
  return value?.status ?? 0;
}
