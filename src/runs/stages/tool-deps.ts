import { stripInvisible } from '../../guards/invisible.ts';
import { spotlight, stripHidden } from '../../guards/hidden-text.ts';
import { meetsThreshold } from '../../domain/permission.ts';
import { recallNotes } from '../../memory/recall.ts';
import type { Workspace } from '../../ports/workspace.ts';
import type { ToolDeps } from '../../tools/tool-deps.ts';
import type { Prepared } from './prepare.ts';
import type { Session } from '../session.ts';

/** How many notes a model is reminded of at once. */
export const RECALLED_NOTES = 8;

/** All that the tools of this run can reach. */
export async function toolDeps(
  session: Session,
  prepared: Prepared,
  workspace: Workspace | null,
): Promise<ToolDeps> {
  const { github, engine, run } = session;
  const { subject, tenant, trigger } = run.request;
  const threshold = prepared.config.permission.trigger;
  const areOwnWordsTrusted = github.identity.appId !== null && !(await wasTaintedHere(session));
  return {
    workspace,
    github,
    subject,
    isTrusted: async (author: { login: string }) =>
      author.login === github.identity.login
        ? areOwnWordsTrusted
        : meetsThreshold(await github.permissionOf(author.login), threshold),
    recall: async (query: string) =>
      recallNotes(engine.notes, tenant.id, query, { subject, limit: RECALLED_NOTES }),
    quote: (text: string, source: string) => quoteData(prepared, text, source),
    quoteCode: (text: string, source: string) => quoteCode(prepared, text, source),
    headSha: prepared.pullRequest?.head.sha ?? prepared.baseSha,
    triggerAt: trigger.at,
    isWorkspaceTrusted: prepared.pullRequest?.isSameRepository ?? true,
  };
}

/**
 * Whether a tainted run worked on this subject: what it published may carry a stranger's instructions on, long
 * after the stranger has taken them away.
 */
async function wasTaintedHere(session: Session): Promise<boolean> {
  const { tenant, subject } = session.run.request;
  const rows = await session.engine.database.transaction(tenant.id, async (tx) =>
    tx.query('SELECT 1 FROM runs WHERE tenant_id = $1 AND subject_number = $2 AND is_tainted LIMIT 1', [
      tenant.id,
      subject.number,
    ]),
  );
  return rows.length > 0;
}

/** Foreign text as the model gets it: hidden parts taken out, between markers that can't be forged. */
export function quoteData(prepared: Pick<Prepared, 'nonce'>, text: string, source: string): string {
  const { text: visible, hidden } = stripHidden(text);
  const remark = hidden === 0 ? '' : ` (${hidden} hidden parts removed)`;
  return spotlight(visible, { nonce: prepared.nonce, source: source + remark });
}

/** The same for code, diffs and output: only what no reader sees is taken out. */
export function quoteCode(prepared: Pick<Prepared, 'nonce'>, text: string, source: string): string {
  return spotlight(stripInvisible(text).text, { nonce: prepared.nonce, source });
}
