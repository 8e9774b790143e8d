import type { Tenant } from '../domain/tenant.ts';

/** What a pull request or a push names beyond this is no revert that a person made by hand. */
const MAX_REVERTED = 20;

/** The numbers in GitHub's own words for a revert, `Reverts owner/repo#12`, of this repository. */
export function revertedPullRequests(body: string, { owner, name }: Tenant): number[] {
  const here = `${owner}/${name}`.toLowerCase();
  return [...body.matchAll(/^Reverts ([\w.-]+\/[\w.-]+)#(\d{1,9}) *\r?$/gm)]
    .filter(([, repository]) => repository?.toLowerCase() === here)
    .map(([, , number]) => Number(number))
    .slice(0, MAX_REVERTED);
}

/** The SHAs in git's own words for a revert, `This reverts commit <sha>`. */
export function revertedCommits(messages: readonly string[]): string[] {
  return messages
    .flatMap((message) => [...message.matchAll(/^This reverts commit ([0-9a-f]{40})\b/gm)])
    .flatMap(([, sha]) => sha ?? [])
    .slice(0, MAX_REVERTED);
}
