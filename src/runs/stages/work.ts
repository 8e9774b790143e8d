import { runAgent, type AgentResult, type LoopInput } from '../../agent/loop.ts';
import { assembleInstructions, assembleTask, reworkMessage } from '../../agent/prompt.ts';
import { createPiiVault, redactPii, type HiddenDatum } from '../../guards/pii.ts';
import { redactSecrets } from '../../guards/secrets.ts';
import { stripHidden } from '../../guards/hidden-text.ts';
import type { AgentDefinition } from '../../domain/agent.ts';
import type { FileChange } from '../../domain/proposal.ts';
import type { RunView } from '../../domain/run-view.ts';
import { recallNotes } from '../../memory/recall.ts';
import type { ModelMessage, ToolCall } from '../../ports/model.ts';
import type { ToolOutcome } from '../../ports/tool.ts';
import type { Workspace } from '../../ports/workspace.ts';
import { createTools } from '../../tools/catalogue.ts';
import { callModel } from './model-call.ts';
import { guardWords } from './model-text.ts';
import type { Prepared } from './prepare.ts';
import { reportProgress } from '../report.ts';
import { checklist, type Session } from '../session.ts';
import { quoteData, RECALLED_NOTES, toolDeps } from './tool-deps.ts';

/** What one round of work came to. */
export interface Worked {
  result: AgentResult;
  /** Set when a budget stopped it, e.g. `the day's budget`. */
  exhausted: string | null;
  /** Personal data that the model saw as tokens only. */
  hidden: HiddenDatum[];
}

/** A person's wish for another round, on top of what the last one left. */
export interface Rework {
  text: string;
  before: Worked;
  /** True where the checkout is what someone pushed to what the last one left: it has that already. */
  isOnHead: boolean;
}

const MAX_CONTEXT_TOKENS = 120_000;
const MAX_OUTPUT_TOKENS = 16_000;

/** One round of the agent, recorded as a whole when it ends, and turn by turn on the way. */
export async function work(session: Session, prepared: Prepared, rework: Rework | null): Promise<Worked> {
  if (!session.journal.has('work')) {
    session.show({ steps: checklist('Work') });
    if (session.run.state !== 'working') await session.change({ state: 'working' });
    await reportProgress(session);
  }
  const worked = await session.journal.step(
    { key: 'work', kind: 'work', input: { nonce: prepared.nonce, rework: rework?.text ?? null } },
    async () =>
      withWorkspace(session, prepared, async (workspace) => runRound(session, prepared, rework, workspace)),
  );
  session.show({ plan: await guardPlan(session, worked.result.plan) });
  if (worked.result.taints.length > 0 && !session.run.isTainted) await session.change({ isTainted: true });
  return worked;
}

async function withWorkspace<T>(
  session: Session,
  prepared: Prepared,
  use: (workspace: Workspace | null) => Promise<T>,
): Promise<T> {
  if (!needsWorkspace(prepared.agent)) return use(null);
  const workspace = await session.engine.workspaces.open(
    { cloneUrl: prepared.repository.cloneUrl, token: await session.github.gitToken(), sha: prepared.baseSha },
    session.signal,
  );
  try {
    return await use(workspace);
  } finally {
    await workspace.dispose();
  }
}

function needsWorkspace(agent: AgentDefinition): boolean {
  return agent.tools.some((grant) => ['read', 'search', 'edit', 'shell'].includes(grant));
}

async function runRound(
  session: Session,
  prepared: Prepared,
  rework: Rework | null,
  workspace: Workspace | null,
): Promise<Worked> {
  const { agent } = prepared;
  let exhausted: string | null = null;
  const deadline = await startClock(session, agent.budget.minutes);
  const earlier = rework === null || rework.isOnHead ? [] : changesOf(rework.before);
  await workspace?.apply(earlier);
  const tools = createTools(agent, await toolDeps(session, prepared, workspace));
  const privacy = privacyOf(prepared, rework?.before.hidden ?? []);
  const messages = await openingMessages(session, prepared, rework, privacy);
  const result = await runAgent(
    {
      agent: agent.name,
      model: prepared.model,
      instructions: assembleInstructions(agent),
      messages,
      tools,
      maxTurns: agent.maxTurns,
      maxContextTokens: MAX_CONTEXT_TOKENS,
      maxOutputTokens: MAX_OUTPUT_TOKENS,
      privacy,
    },
    {
      signal: session.signal,
      isOutOfTime: async (turn) =>
        !session.journal.has(`turn-${turn}`) && session.engine.clock.now().getTime() > deadline,
      turn: async (number, request) => {
        const { maxOutputTokens: _decidedByTheBudget, ...open } = request;
        const answer = await callModel(session, prepared, { key: `turn-${number}`, kind: 'turn' }, open);
        if (answer.kind === 'over_budget') exhausted = answer.label;
        return answer.kind === 'reply' ? answer : { kind: 'over_budget' };
      },
      call: async (turn, index, call, run) =>
        recordTool(session, workspace, `turn-${turn}/tool-${index}`, call, run),
    },
  );
  return { result, exhausted, hidden: privacy.hidden() };
}

/** The end of this round's wall clock in epoch milliseconds; recorded, so that a restart does not extend it. */
async function startClock(session: Session, minutes: number): Promise<number> {
  // A retry has a clock of its own.
  const { retries = 0 } = session.view;
  const key = retries === 0 ? 'begin' : `begin-${retries}`;
  const startedAt = await session.journal.step({ key, kind: 'work', input: minutes }, async () =>
    session.engine.clock.now().getTime(),
  );
  return startedAt + minutes * 60_000;
}

/** No model reads a secret, and no journal keeps one that a tool came across. */
async function withoutSecrets(session: Session, outcome: ToolOutcome): Promise<ToolOutcome> {
  return { ...outcome, text: (await redactSecrets(outcome.text, session.engine.scanner)).text };
}

async function guardPlan(session: Session, plan: RunView['plan']): Promise<RunView['plan']> {
  return Promise.all(plan.map(async (item) => ({ ...item, text: await guardWords(session, item.text) })));
}

/** A recorded call is not executed again; the files that it changed are put in place. */
async function recordTool(
  session: Session,
  workspace: Workspace | null,
  key: string,
  call: ToolCall,
  run: () => Promise<ToolOutcome>,
): Promise<ToolOutcome> {
  const isReplay = session.journal.has(key);
  const outcome = await session.journal.step(
    { key, kind: 'tool', input: { name: call.name, arguments: call.arguments } },
    async () => withoutSecrets(session, await run()),
  );
  if (isReplay && outcome.changes.length > 0) await workspace?.apply(outcome.changes);
  if (outcome.plan !== null) session.show({ plan: await guardPlan(session, outcome.plan) });
  return outcome;
}

type Privacy = LoopInput['privacy'] & { hidden: () => HiddenDatum[] };

function privacyOf(prepared: Prepared, hidden: readonly HiddenDatum[]): Privacy {
  switch (prepared.config.privacy.pii) {
    case 'off':
      return { hide: (text) => text, reveal: (text) => text, hidden: () => [] };
    case 'redact':
      return { hide: (text) => redactPii(text).text, reveal: (text) => text, hidden: () => [] };
    case 'tokenise': {
      const vault = createPiiVault(prepared.nonce, hidden);
      return {
        hide: (text) => vault.tokenise(text),
        // Tools work on the workspace, which nobody but this run sees; what leaves it is guarded again.
        reveal: (text) => vault.restore(text, () => true),
        hidden: () => vault.contents(),
      };
    }
  }
}

async function openingMessages(
  session: Session,
  prepared: Prepared,
  rework: Rework | null,
  privacy: Privacy,
): Promise<ModelMessage[]> {
  if (rework !== null)
    return [
      ...rework.before.result.messages,
      reworkMessage(privacy.hide(rework.text), rework.isOnHead ? prepared.baseSha : null),
    ];
  const { issue } = prepared;
  const { subject, tenant, instruction } = session.run.request;
  // Recorded: a note that comes or goes before a restart must not change what the model was sent.
  const notes = await session.journal.step(
    { key: 'recall', kind: 'prepare', input: issue.number },
    async () =>
      recallNotes(session.engine.notes, tenant.id, `${issue.title}\n${issue.body}`, {
        subject,
        limit: RECALLED_NOTES,
      }),
  );
  const { text } = await redactSecrets(`${issue.title}\n\n${issue.body}`, session.engine.scanner);
  return [
    assembleTask({
      instruction: instruction === null ? null : privacy.hide(stripHidden(instruction.text).text),
      subject: `${subject.kind === 'issue' ? 'issue' : 'pull request'} #${subject.number}`,
      subjectText: privacy.hide(quoteData(prepared, text, `#${subject.number}`)),
      notes: notes.map((note) => ({ ...note, text: privacy.hide(note.text) })),
      workspace: describeWorkspace(prepared),
    }),
  ];
}

function describeWorkspace(prepared: Prepared): string {
  if (prepared.baseSha === null) return 'The repository has no commits yet; the workspace is empty.';
  return `The workspace is a checkout of \`${prepared.baseRef}\` at ${prepared.baseSha.slice(0, 12)}.`;
}

/** The files of the pull request that the last round proposed. */
function changesOf(worked: Worked): FileChange[] {
  return worked.result.proposals.flatMap((proposal) =>
    proposal.kind === 'pull_request' ? proposal.changes : [],
  );
}
