import { afterEach, beforeEach, describe } from 'vitest';
import { checkContract } from './github-checks.ts';
import { gitDataContract } from './github-git-data.ts';
import { issueContract } from './github-issues.ts';
import { pullRequestContract } from './github-pull-requests.ts';
import type { GitHubSubject } from './github-subject.ts';

/** What every implementation of `GitHub` holds. */
export function describeGitHubContract(name: string, makeSubject: () => Promise<GitHubSubject>): void {
  describe(`${name} as GitHub`, () => {
    let subject: GitHubSubject;

    beforeEach(async () => {
      subject = await makeSubject();
    });

    afterEach(() => subject.close());

    const current = () => subject;
    issueContract(current);
    gitDataContract(current);
    pullRequestContract(current);
    checkContract(current);
  });
}
