import { MusterError } from '../../../src/domain/errors.ts';
import type { CommentFacts, GitHub, GitHubAccess } from '../../../src/ports/github.ts';

/** What becomes of the next comment: made without an answer, not made, or refused for good. */
export type Trouble = 'lost' | 'outage' | 'refused';

/** A GitHub that has comments only, counts them, and knows which tokens were revoked. */
export interface FakeGitHub {
  /** Every comment ever made; `isThere` until a person deletes it. */
  made: { body: string; isThere: boolean }[];
  trouble: Trouble | null;
  /** As one worker reaches it: `hold` stands before every call. */
  accessFor(hold: (what: string) => Promise<void>): GitHubAccess;
}

export function createFakeGitHub(): FakeGitHub {
  const made: FakeGitHub['made'] = [];
  const revoked = new Set<string>();
  let minted = 0;
  const fake: FakeGitHub = {
    made,
    trouble: null,
    accessFor: (hold) => ({
      reaches: async () => true,
      revoke: async (tokens) => {
        await hold('revoke');
        for (const token of tokens) revoked.add(token);
      },
      forTenant: async (_tenant, keep) => {
        let token: string | null = null;
        const reach = async (what: string) => {
          for (;;) {
            if (token === null) {
              minted += 1;
              token = `token-${minted}`;
              await keep?.(token);
            }
            await hold(what);
            if (!revoked.has(token)) return;
            token = null;
          }
        };
        const methods: Pick<GitHub, 'identity' | 'createComment' | 'listComments'> = {
          identity: { appId: 1, login: 'muster[bot]' },
          createComment: async (_number, body) => {
            await reach('create comment');
            return create(fake, body);
          },
          listComments: async () => {
            await reach('list comments');
            return made.filter(({ isThere }) => isThere).map(({ body }) => commentOf(body));
          },
        };
        return methods as GitHub;
      },
    }),
  };
  return fake;
}

function create(fake: FakeGitHub, body: string): CommentFacts {
  const { trouble } = fake;
  fake.trouble = null;
  if (trouble === 'refused') throw new MusterError('github_forbidden', 'no');
  if (trouble !== 'outage') fake.made.push({ body, isThere: true });
  if (trouble !== null) throw new MusterError('github_unavailable', 'reset', { isRetryable: true });
  return commentOf(body);
}

function commentOf(body: string): CommentFacts {
  const at = '2026-01-01T00:00:00Z';
  const author = { id: 1, login: 'muster[bot]', isBot: true };
  return { id: 1, nodeId: 'c', body, author, url: 'https://github.test/c', createdAt: at, updatedAt: at };
}
