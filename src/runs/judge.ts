import { judgeMaterial } from '../judge/material.ts';
import { judgeRequest } from '../judge/judge-request.ts';
import { readVerdict } from '../judge/read-verdict.ts';
import { rubricOf } from '../judge/rubric.ts';
import type { FileChange } from '../domain/proposal.ts';
import type { Verdict } from '../domain/verdict.ts';
import { diffOf } from './change-diff.ts';
import type { Checked } from './check.ts';
import { callModel } from './model-call.ts';
import type { Prepared } from './prepare.ts';
import { reportProgress } from './report.ts';
import { checklist, type Session } from './session.ts';
import { quoteCode, quoteData, type Worked } from './work.ts';

/** A first answer that can't be read is asked for once more; a second one means no verdict. */
const TRIES = 2;

/** The verdict on what the guards let through; never a throw for what the judge did wrong. */
export async function judge(
  session: Session,
  prepared: Prepared,
  worked: Worked,
  checked: Checked,
): Promise<Verdict> {
  const threshold = prepared.agent.judge.threshold ?? prepared.config.judge.threshold;
  const proposals = checked.proposals.filter((proposal) => proposal.kind !== 'notes');
  if (proposals.length === 0) {
    const verdict: Verdict = { kind: 'not_needed', reason: 'nothing was proposed' };
    session.show({ verdict });
    return verdict;
  }
  if (!session.journal.has('verdict')) {
    session.show({ steps: checklist('Judge') });
    if (session.run.state !== 'judging') await session.change({ state: 'judging' });
    await reportProgress(session);
  }
  const verdict = await session.journal.step<Verdict>(
    { key: 'verdict', kind: 'judge', input: { proposals: checked.proposals, threshold } },
    async () => {
      if (prepared.judge.kind === 'refused')
        return { kind: 'missing', reason: prepared.judge.reason, threshold };
      return askJudge(session, prepared, worked, checked, threshold, prepared.judge);
    },
  );
  session.show({ verdict });
  return verdict;
}

async function askJudge(
  session: Session,
  prepared: Prepared,
  worked: Worked,
  checked: Checked,
  threshold: number,
  chosen: { model: string; isSelfJudged: boolean },
): Promise<Verdict> {
  const criteria = rubricOf(prepared.agent);
  const material = await gatherMaterial(session, prepared, worked, checked);
  const spentBefore = session.view.spend.length;
  let reason = 'the judge gave no answer';
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const { maxOutputTokens: _decidedByTheBudget, ...request } = judgeRequest({
      model: chosen.model,
      agent: prepared.agent.name,
      criteria,
      material,
      maxOutputTokens: 0,
    });
    const answer = await callModel(session, prepared, { key: `judge-${attempt}`, kind: 'judge' }, request);
    if (answer.kind === 'over_budget')
      return { kind: 'missing', reason: `${answer.label} left nothing for the judge`, threshold };
    const read = readVerdict(answer.reply.text, criteria, material);
    if (read.kind === 'read') {
      return {
        kind: 'scored',
        criteria: read.criteria,
        summary: read.summary,
        score: read.score,
        threshold,
        model: chosen.model,
        isSelfJudged: chosen.isSelfJudged,
        costMicroUsd: session.view.spend.slice(spentBefore).reduce((sum, line) => sum + line.costMicroUsd, 0),
      };
    }
    reason = read.reason;
  }
  return { kind: 'missing', reason, threshold };
}

async function gatherMaterial(
  session: Session,
  prepared: Prepared,
  worked: Worked,
  checked: Checked,
): Promise<string> {
  const { issue } = prepared;
  const { instruction } = session.run.request;
  const request =
    instruction === null || instruction.source === 'issue_body' ? '' : `\n\nRequest: ${instruction.text}`;
  return judgeMaterial(
    {
      task: `${issue.title}\n\n${issue.body}${request}`,
      proposals: checked.proposals.filter((proposal) => proposal.kind !== 'notes'),
      diff: await gatherDiff(session, prepared, checked),
      commandOutputs: worked.result.commandOutputs,
    },
    {
      quote: (text, source) => quoteData(prepared, text, source),
      quoteCode: (text, source) => quoteCode(prepared, text, source),
    },
  );
}

/** What would change, and for a pull request under review what it changes. */
async function gatherDiff(session: Session, prepared: Prepared, checked: Checked): Promise<string> {
  const proposed: FileChange[] = checked.proposals.flatMap((proposal) =>
    proposal.kind === 'pull_request' ? proposal.changes : [],
  );
  const parts = await Promise.all(
    proposed.map(async (change) =>
      diffOf(change, await session.github.readFile(change.path, prepared.baseSha)),
    ),
  );
  if (prepared.pullRequest !== null) {
    const files = await session.github.listPullRequestFiles(prepared.pullRequest.number);
    parts.push(...files.map((file) => `--- ${file.path}\n${file.patch ?? '(binary or too large)'}`));
  }
  return parts.join('\n');
}
