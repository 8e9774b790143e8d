import type { MaterialParts } from '../judge/material.ts';
import type { FileChange } from '../domain/proposal.ts';
import { diffOf } from './change-diff.ts';
import type { Checked } from './check.ts';
import type { Prepared } from './prepare.ts';
import { readableByModels } from './model-text.ts';
import { readSmallFile } from './small-file.ts';
import type { Session } from './session.ts';
import type { Worked } from './work.ts';

/** What bears on the proposals: the task, the diff and what commands printed; not the agent's reasoning. */
export async function gatherMaterial(
  session: Session,
  prepared: Prepared,
  worked: Worked,
  checked: Checked,
  isPushed: boolean,
): Promise<MaterialParts> {
  const { issue } = prepared;
  const { instruction } = session.run.request;
  const request =
    instruction === null || instruction.source === 'issue_body' ? '' : `\n\nRequest: ${instruction.text}`;
  // Recorded: a resumed judge is asked the same, whatever GitHub shows of the pull request by then.
  return session.journal.step({ key: 'material', kind: 'judge', input: prepared.nonce }, async () => {
    const readable = async (text: string) => readableByModels(session, prepared, worked.hidden, text);
    return {
      task: await readable(`${issue.title}\n\n${issue.body}${request}`),
      proposals: checked.proposals.filter((proposal) => proposal.kind !== 'notes'),
      diff: await readable(await gatherDiff(session, prepared, checked, isPushed)),
      commandOutputs: await Promise.all(worked.result.commandOutputs.map(readable)),
    };
  });
}

/** What would change, and for a pull request under review, or pushed to, what it changes. */
async function gatherDiff(
  session: Session,
  prepared: Prepared,
  checked: Checked,
  isPushed: boolean,
): Promise<string> {
  const shown = isPushed ? session.view.pullRequest : prepared.pullRequest;
  const proposed: FileChange[] = checked.proposals.flatMap((proposal) =>
    proposal.kind === 'pull_request' && !isPushed ? proposal.changes : [],
  );
  const parts = await Promise.all(
    proposed.map(async (change) =>
      diffOf(change, await readSmallFile(session, change.path, prepared.baseSha)),
    ),
  );
  if (shown !== null) {
    const files = await session.github.listPullRequestFiles(shown.number);
    parts.push(...files.map((file) => `--- ${file.path}\n${file.patch ?? '(binary or too large)'}`));
  }
  return parts.join('\n');
}
