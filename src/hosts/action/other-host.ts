import type { AppIdentity } from '../../domain/actor.ts';
import type { CommentFacts } from '../../ports/github.ts';

/**
 * The login of an App that keeps a tracking comment of ours among these: Muster is installed there as an App,
 * and a repository has one host. Only Apps count, since anybody can write the marker. Null where there is none.
 */
export function otherHost(comments: readonly CommentFacts[], identity: AppIdentity): string | null {
  const other = comments.find(
    ({ author, body }) =>
      author.isBot &&
      author.login !== identity.login &&
      /<!-- muster:run=r_[a-z2-7]{12} -->$/.test(body.trimEnd()),
  );
  return other?.author.login ?? null;
}
