import { stringify } from 'yaml';
import type { GuardFinding } from '../../../domain/guard.ts';
import { formatUsd } from '../../../domain/money.ts';
import type { Proposal } from '../../../domain/proposal.ts';
import { totalSpend, type RunView } from '../../../domain/run-view.ts';
import type { Verdict } from '../../../domain/verdict.ts';
import type { StoredRun } from '../../../runs/tables/run-rows.ts';
import { oneLine } from '../output.ts';
import type { Scenario } from './scenario.ts';

export interface ShownCheck {
  name: string;
  status: string;
  conclusion: string | null;
  title: string | null;
}

/** What a simulation came to, for people and as JSON. */
export interface SimulationReport {
  event: string;
  action: string | null;
  /** `owner/name`; null for an event of no repository. */
  repository: string | null;
  /** What was made up so that the event could happen, in sentences. */
  world: string[];
  outcome: string;
  runs: SimulatedRun[];
}

export interface SimulatedRun {
  id: string;
  work: string;
  state: string;
  reason: string | null;
  isTainted: boolean;
  failure: RunView['failure'];
  proposals: Proposal[];
  decisions: RunView['decisions'];
  guardFindings: GuardFinding[];
  verdict: Verdict | null;
  costMicroUsd: number;
  waiting: RunView['waiting'];
  effects: RunView['effects'];
  checks: ShownCheck[];
}

export function describeWorld(scenario: Scenario): string[] {
  const { repository, people, thread } = scenario;
  const access = people.map(
    ({ account, role, because }) => `@${account.login} has ${role ?? 'no role'} (${because})`,
  );
  return [
    `${repository.owner.login}/${repository.name}, ${repository.isPrivate ? 'private' : 'public'}, branch \`${repository.defaultBranch}\``,
    ...access,
    ...(thread?.pull ? ["the payload carries no diff: the pull request's head adds one stand-in file"] : []),
  ];
}

/** One run as a simulation shows it. */
export function toSimulatedRun({ run, view }: StoredRun, checks: ShownCheck[]): SimulatedRun {
  const { runId, work } = run.request;
  return {
    id: runId,
    work: `${work.kind}:${work.name}`,
    state: run.state,
    reason: run.reason,
    isTainted: run.isTainted,
    failure: view?.failure ?? null,
    proposals: view?.proposals ?? [],
    decisions: view?.decisions ?? [],
    guardFindings: view?.guardFindings ?? [],
    verdict: view?.verdict ?? null,
    costMicroUsd: view === null ? 0 : totalSpend(view),
    waiting: view?.waiting ?? null,
    effects: view?.effects ?? [],
    checks,
  };
}

/** The report in lines: the world, the outcome, then each run with its proposals field by field. */
export function describeSimulation(report: SimulationReport): string[] {
  const name = report.action === null ? report.event : `${report.event}.${report.action}`;
  return [
    `Event     ${name}${report.repository === null ? '' : ` in ${report.repository}`}`,
    ...report.world.map((fact) => `          ${fact}`),
    `Outcome   ${report.outcome}`,
    ...report.runs.flatMap((run) => ['', ...describeRun(run)]),
  ];
}

function describeRun(run: SimulatedRun): string[] {
  const { failure, waiting } = run;
  return [
    `Run       ${run.id}, ${run.work}: ${run.state}${run.isTainted ? ' (tainted)' : ''}`,
    ...(run.reason === null ? [] : [`Reason    ${oneLine(run.reason, 200)}`]),
    ...(failure === null ? [] : [`Failure   ${failure.kind}`, `Next      ${nextAfter(failure)}`]),
    `Cost      ${formatUsd(run.costMicroUsd)}`,
    `Judge     ${describeVerdict(run.verdict)}`,
    ...run.proposals.flatMap((proposal) => describeProposal(proposal, run)),
    ...(waiting === null ? [] : ['', `Waits     for ${waiting.forWhom}, bound to ${waiting.digest}`]),
    ...listed(
      'Checks',
      run.checks.map(
        ({ name, conclusion, status, title }) => `${name}: ${conclusion ?? status}. ${title ?? ''}`,
      ),
    ),
    ...listed(
      'Effects',
      run.effects.map(
        ({ kind, state, reason }) => `${kind}: ${state}${reason === null ? '' : `, ${reason}`}`,
      ),
    ),
  ];
}

/** A failure's advice is for GitHub; offline, a missing reply has an answer of its own. */
function nextAfter(failure: NonNullable<RunView['failure']>): string {
  return failure.kind === 'cassette_missing'
    ? 'Record the replies of a real model: `--record <file>`, with a provider key in the environment.'
    : failure.next;
}

function describeVerdict(verdict: Verdict | null): string {
  switch (verdict?.kind) {
    case undefined:
      return 'not asked';
    case 'scored': {
      const { score, threshold, model, criteria } = verdict;
      const scores = criteria.map((criterion) => `${criterion.name} ${criterion.score.toFixed(2)}`);
      return `${score.toFixed(2)}, threshold ${threshold.toFixed(2)}, by ${model} (${scores.join(', ')})`;
    }
    case 'missing':
      return `no verdict: ${verdict.reason}`;
    case 'not_needed':
      return `not needed: ${verdict.reason}`;
  }
}

function describeProposal(proposal: Proposal, run: SimulatedRun): string[] {
  const { id, kind, ...rest } = proposal;
  // The database keeps no order of keys; a title is read first.
  const fields = 'title' in rest ? Object.assign({ title: '' }, rest) : rest;
  const decision = run.decisions.find(({ proposalId }) => proposalId === id);
  const findings = run.guardFindings.filter(({ proposalId }) => proposalId === id);
  const yaml = stringify(fields, { lineWidth: 0 }).trimEnd();
  return [
    '',
    `Proposal  ${id}, ${kind}: gate says ${decision?.value ?? 'nothing'}`,
    ...(decision?.reasons ?? []).map((reason) => `          because ${reason}`),
    ...findings.map(({ guard, outcome, message }) => `          guard ${guard}: ${outcome}, ${message}`),
    ...yaml.split('\n').map((line) => `  │ ${line}`),
  ];
}

function listed(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines.map((line) => `  ${oneLine(line, 200)}`)];
}
