import type { GitHub } from '../ports/github.ts';
import type { ChangeFacts, ChangeKind } from '../ports/github-changes.ts';
import { lookupStart } from './target.ts';

/** What we do, and what takes it back; `of` as in `ChangeFacts`. */
interface Reversal {
  done: ChangeKind;
  undone: ChangeKind;
  of: string;
}

/** True where we did one of these on an issue or pull request since then, and somebody else took it back. */
export async function wasTakenBack(
  github: Pick<GitHub, 'identity' | 'listChanges'>,
  number: number,
  since: string,
  reversals: readonly Reversal[],
): Promise<boolean> {
  const changes = await github.listChanges(number, lookupStart(since));
  const isOurs = ({ actor }: ChangeFacts): boolean => actor.login === github.identity.login;
  return reversals.some(({ done, undone, of }) => {
    const about = changes.filter((change) => change.of.toLowerCase() === of.toLowerCase());
    const own = about.findIndex((change) => change.kind === done && isOurs(change));
    return own >= 0 && about.slice(own).some((change) => change.kind === undone && !isOurs(change));
  });
}
