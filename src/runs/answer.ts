import { sha256 } from '../domain/digest.ts';
import type { Receipt } from '../domain/effect.ts';
import { carryOut } from './effects.ts';
import type { Session } from './session.ts';

/** One line to a person who asked for something that can't be done; posted once for each `key`. */
export async function answer(session: Session, number: number, key: string, text: string): Promise<void> {
  const { github, run } = session;
  const marker = `<!-- muster:answer=${sha256(`${run.request.runId}\n${key}`).slice(0, 16)} -->`;
  const find = async (): Promise<Receipt | null> => {
    const comments = await github.listComments(number, run.createdAt);
    const own = comments.find(
      (comment) => comment.author.login === github.identity.login && comment.body.includes(marker),
    );
    return own === undefined ? null : { id: String(own.id), url: own.url, sha: null };
  };
  await carryOut(session, {
    key: `answer:${key}`,
    kind: 'answer',
    intent: { number, text },
    canBeFound: true,
    find,
    perform: async () => {
      const comment = await github.createComment(number, `${text}\n\n${marker}`);
      return { id: String(comment.id), url: comment.url, sha: null };
    },
    verify: async (receipt) => (await github.getComment(Number(receipt.id))) !== null,
  });
}
