import { isGone } from '../../domain/actor.ts';
import { meetsThreshold, type PermissionLevel } from '../../domain/permission.ts';
import type { GitHub, IssueFacts } from '../../ports/github.ts';

/** Why a run on this issue or pull request is tainted from the start: who wrote it, or changed it last. */
export async function taintOfSubject(
  github: Pick<GitHub, 'identity' | 'permissionOf' | 'lastEditors'>,
  { number, nodeId, author }: IssueFacts,
  threshold: PermissionLevel,
): Promise<string | null> {
  const isTrusted = async (login: string): Promise<boolean> =>
    login === github.identity.login || meetsThreshold(await github.permissionOf(login), threshold);
  const below = `by someone below ${threshold} access`;
  if (!(await isTrusted(author.login))) return `#${number} was written ${below}`;
  const editor = (await github.lastEditors([nodeId])).get(nodeId);
  if (editor === undefined || editor.id === author.id) return null;
  return !isGone(editor) && (await isTrusted(editor.login)) ? null : `#${number} was edited ${below}`;
}
