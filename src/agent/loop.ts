import type { Json } from '../domain/json.ts';
import type { AgentEnd, NoteProposal, Proposal } from '../domain/proposal.ts';
import type { ModelMessage, ModelReply, ModelRequest, ToolCall } from '../ports/model.ts';
import { toolError, type ProposalDraft, type Tool, type ToolOutcome } from '../ports/tool.ts';
import { fitContext } from './context.ts';

/** Why the agent stopped. `over_budget`, `timed_out` and `turns_used` still carry what was proposed by then. */
export type StopReason = 'finished' | 'turns_used' | 'timed_out' | 'over_budget';

export interface AgentResult {
  stop: StopReason;
  end: AgentEnd;
  proposals: Proposal[];
  notes: NoteProposal[];
  plan: { text: string; isDone: boolean }[];
  /** Why the run is tainted, in the order met. */
  taints: string[];
  /** What commands printed, for the judge. */
  commandOutputs: string[];
  turns: number;
  messages: ModelMessage[];
}

/** A model turn either answers or is refused by the budget. */
export type TurnAnswer = { kind: 'reply'; reply: ModelReply } | { kind: 'over_budget' };

export interface LoopInput {
  agent: string;
  model: string;
  instructions: string;
  /** The conversation so far: the task, and earlier rounds of a rework. */
  messages: ModelMessage[];
  tools: readonly Tool[];
  maxTurns: number;
  maxContextTokens: number;
  maxOutputTokens: number;
  /** Personal data on its way to the model and back; the identity where the policy is off. */
  privacy: { hide: (text: string) => string; reveal: (text: string) => string };
}

/** What the loop does to the world; each call is recorded by who gives it. */
export interface LoopIo {
  turn(number: number, request: ModelRequest): Promise<TurnAnswer>;
  call(turn: number, index: number, call: ToolCall, run: () => Promise<ToolOutcome>): Promise<ToolOutcome>;
  /** True once the wall clock is used up; recorded too, so that a replay stops where the run stopped. */
  isOutOfTime(turn: number): Promise<boolean>;
  signal: AbortSignal;
}

const NUDGE =
  'You ended without proposing anything. Call the proposal tool that fits, or `noop` with the reason if there is ' +
  'nothing to do, or `missing` if you lacked something.';

/** Model → tools → model, until the model stops calling tools or a limit is reached. */
export async function runAgent(input: LoopInput, io: LoopIo): Promise<AgentResult> {
  const result: AgentResult = {
    stop: 'finished',
    end: { kind: 'proposed' },
    proposals: [],
    notes: [],
    plan: [],
    taints: [],
    commandOutputs: [],
    turns: 0,
    messages: [...input.messages],
  };
  let wasNudged = false;
  while (result.turns < input.maxTurns) {
    io.signal.throwIfAborted();
    const turn = result.turns + 1;
    if (await io.isOutOfTime(turn)) return { ...result, stop: 'timed_out' };
    const answer = await io.turn(turn, requestFor(input, result.messages));
    if (answer.kind === 'over_budget') return { ...result, stop: 'over_budget' };
    result.turns = turn;
    const { reply } = answer;
    const measured = { model: input.model, tokens: reply.usage.inputTokens + reply.usage.outputTokens };
    const { text, toolCalls, raw } = reply;
    result.messages.push({ role: 'assistant', text, toolCalls, raw, measured });
    if (reply.toolCalls.length === 0) {
      if (wasNudged || hasOutput(result)) return result;
      wasNudged = true;
      result.messages.push({ role: 'user', text: NUDGE });
    } else {
      await callTools(input, io, turn, reply.toolCalls, result);
    }
  }
  return { ...result, stop: 'turns_used' };
}

function hasOutput(result: AgentResult): boolean {
  return result.proposals.length > 0 || result.notes.length > 0 || result.end.kind !== 'proposed';
}

function requestFor(input: LoopInput, messages: readonly ModelMessage[]): ModelRequest {
  return {
    model: input.model,
    purpose: 'work',
    agent: input.agent,
    instructions: input.instructions,
    messages: fitContext(messages, input.maxContextTokens),
    tools: input.tools.map((tool) => tool.schema),
    maxOutputTokens: input.maxOutputTokens,
    output: null,
  };
}

/** One after the other: a later call may rely on an earlier one, and a replay keeps their order. */
async function callTools(
  input: LoopInput,
  io: LoopIo,
  turn: number,
  calls: readonly ToolCall[],
  result: AgentResult,
): Promise<void> {
  const results = [];
  for (const [index, call] of calls.entries()) {
    io.signal.throwIfAborted();
    const outcome = await io.call(turn, index, call, async () => runTool(input, call, io.signal));
    collect(call.name, outcome, result);
    const text = input.privacy.hide(outcome.text);
    results.push({ callId: call.id, name: call.name, text, isError: outcome.isError });
  }
  result.messages.push({ role: 'tool', results });
}

async function runTool(input: LoopInput, call: ToolCall, signal: AbortSignal): Promise<ToolOutcome> {
  const tool = input.tools.find((candidate) => candidate.schema.name === call.name);
  if (tool === undefined) {
    const names = input.tools.map((candidate) => candidate.schema.name).join(', ');
    return toolError(`There is no tool \`${call.name}\`. Yours are: ${names}.`);
  }
  return tool.run(revealAll(call.arguments, input.privacy.reveal), signal);
}

/** The arguments with every string passed through `reveal`. */
function revealAll(value: Json, reveal: (text: string) => string): Json {
  if (typeof value === 'string') return reveal(value);
  if (Array.isArray(value)) return value.map((item) => revealAll(item, reveal));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revealAll(item, reveal)]));
}

function collect(toolName: string, outcome: ToolOutcome, result: AgentResult): void {
  if (outcome.taint !== null) result.taints.push(outcome.taint);
  if (outcome.plan !== null) result.plan = outcome.plan;
  if (outcome.note !== null) result.notes.push(outcome.note);
  if (outcome.end !== null) result.end = outcome.end;
  if (toolName === 'run_command' && !outcome.isError) result.commandOutputs.push(outcome.text);
  if (outcome.proposal !== null) propose(outcome.proposal, result.proposals);
}

/** A second pull request corrects the first: both are the workspace's changes. */
function propose(draft: ProposalDraft, proposals: Proposal[]): void {
  const earlier = proposals.findIndex(({ kind }) => kind === 'pull_request' && draft.kind === 'pull_request');
  if (earlier === -1) proposals.push({ ...draft, id: `p${proposals.length + 1}` });
  else proposals[earlier] = { ...draft, id: `p${earlier + 1}` };
}
