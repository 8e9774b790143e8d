import { z } from 'zod';
import type { AppIdentity } from '../../domain/actor.ts';
import { MusterError } from '../../domain/errors.ts';

/** Whom the workflow's own token acts as. */
const WORKFLOW = 'github-actions[bot]';

const Answer = z.object({ data: z.object({ viewer: z.object({ login: z.string().min(1) }) }) });

/**
 * The account that a token acts as: Muster finds its comments again by it. The workflow's own where GitHub
 * doesn't say; throws `github_unavailable` where nobody answers. An App's token, too, counts as a token here: what it made can't be told by App id.
 */
export async function identityOf(graphqlUrl: string, token: string): Promise<AppIdentity> {
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { authorization: `bearer ${token}`, 'content-type': 'application/json', 'user-agent': 'muster' },
    body: JSON.stringify({ query: '{ viewer { login } }' }),
    signal: AbortSignal.timeout(30_000),
  }).catch((cause: unknown) => {
    throw new MusterError('github_unavailable', `GitHub does not answer at ${graphqlUrl}`, { cause });
  });
  const answer = Answer.safeParse(await response.json().catch(() => null));
  return { appId: null, login: answer.data?.data.viewer.login ?? WORKFLOW };
}
