import type { MaterialParts } from '../../judge/material.ts';
import type { FileChange } from '../../domain/proposal.ts';
import { diffOfChange, diffOfFile, type FileDiff } from './change-diff.ts';
import type { Checked } from './check.ts';
import type { Prepared } from './prepare.ts';
import { readableByModels } from './model-text.ts';
import { readSmallFile } from './small-file.ts';
import type { Session } from '../session.ts';
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
    const diffs = await gatherDiffs(session, prepared, checked, isPushed);
    return {
      task: await readable(`${issue.title}\n\n${issue.body}${request}`),
      proposals: checked.proposals.filter((proposal) => proposal.kind !== 'notes'),
      diff: await readable(diffs.map(({ text }) => text).join('\n')),
      isWhole: diffs.every((diff) => diff.isWhole),
      commandOutputs: await Promise.all(worked.result.commandOutputs.map(readable)),
    };
  });
}

/** What would change, and for a pull request under review, or pushed to, what it changes. */
async function gatherDiffs(
  session: Session,
  prepared: Prepared,
  checked: Checked,
  isPushed: boolean,
): Promise<FileDiff[]> {
  const isOfOwn = isPushed || prepared.isOnOwnHead === true;
  const shown = isOfOwn ? session.view.pullRequest : prepared.pullRequest;
  const proposed: FileChange[] = checked.proposals.flatMap((proposal) =>
    proposal.kind === 'pull_request' && !isPushed ? proposal.changes : [],
  );
  const parts = await Promise.all(
    proposed.map(async (change) =>
      diffOfChange(change, await readSmallFile(session, change.path, prepared.baseSha)),
    ),
  );
  if (shown !== null) {
    const files = await session.github.listPullRequestFiles(shown.number);
    parts.push(...files.map(diffOfFile));
  }
  return parts;
}
