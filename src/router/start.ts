import type { Actor } from '../domain/actor.ts';
import { digestOf } from '../domain/digest.ts';
import { describeProblem } from '../domain/config.ts';
import type { ConfigProblem } from '../domain/config.ts';
import { nearNames } from '../domain/near-names.ts';
import type { Instruction, RunRequest } from '../domain/run.ts';
import type { Subject } from '../domain/subject.ts';
import type { Tenant } from '../domain/tenant.ts';
import { runIdFor } from '../domain/trigger.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { Thread } from './event.ts';
import type { Catalogue, Routed, RunOrder } from './routed.ts';

/** A trigger that was authorised, before it is known whether its agent or flow exists. */
export interface Start {
  tenant: Tenant;
  thread: Thread | null;
  work: RunRequest['work'];
  trigger: Trigger;
  requester: Actor | null;
  instruction: Instruction | null;
  react: string | null;
  label: string | null;
}

/** Problems past this many are counted; the file's author sees the rest after these. */
const MAX_LISTED = 5;

/**
 * The run that a trigger starts, or the line that says why there is none: an invalid file, an unknown name
 * with the ones that are near, an agent that the configuration switched off.
 */
export function startRun(start: Start, catalogue: Catalogue): Routed {
  const { work, thread } = start;
  const problem = blockOf(work, catalogue);
  if (problem === null) {
    return { kind: 'run', order: toOrder(start, catalogue), react: start.react, label: start.label };
  }
  if (thread === null) return { kind: 'ignored', reason: problem.text };
  return { kind: 'answer', subject: subjectOf(thread), ...problem };
}

/** Only the kind and the number: the rest of a thread is data of the event. */
export function subjectOf(thread: Thread): Subject {
  return { kind: thread.kind, number: thread.number };
}

function blockOf(
  { kind, name }: RunRequest['work'],
  catalogue: Catalogue,
): { text: string; onceKey: string | null } | null {
  const { configProblems, config } = catalogue;
  if (configProblems.length > 0) return invalid('The configuration is invalid', configProblems);
  const broken = catalogue.broken.find((file) => file.kind === kind && file.name === name);
  if (broken !== undefined) return invalid(`The ${kind} \`${name}\` is invalid`, broken.problems);
  const names = (kind === 'agent' ? catalogue.agents : catalogue.flows).map((work) => work.name);
  if (!names.includes(name)) return { text: unknownName(kind, name, names), onceKey: null };
  if (kind === 'agent' && config.agents[name]?.enabled === false) {
    return {
      text: `\`${name}\` is switched off by \`agents.${name}.enabled\` in the configuration.`,
      onceKey: null,
    };
  }
  return null;
}

function toOrder(start: Start, catalogue: Catalogue): RunOrder {
  const { tenant, thread, work, trigger, requester, instruction } = start;
  const { config } = catalogue;
  const autonomy = work.kind === 'agent' ? config.agents[work.name]?.autonomy : null;
  return {
    runId: runIdFor(tenant.id, `${work.kind}:${work.name}`, trigger.key),
    tenant,
    subject: thread === null ? null : subjectOf(thread),
    work,
    trigger,
    requester,
    instruction,
    isDryRun: config.isDryRun || autonomy === 'dry-run',
    overrides: {},
  };
}

function invalid(what: string, problems: ConfigProblem[]): { text: string; onceKey: string } {
  const listed = problems.slice(0, MAX_LISTED).map(describeProblem).join(' · ');
  const more = problems.length > MAX_LISTED ? ` · and ${problems.length - MAX_LISTED} more` : '';
  return {
    text: `${what}, so nothing was started: ${listed}${more}`,
    onceKey: `invalid:${digestOf(problems)}`,
  };
}

function unknownName(kind: string, name: string, known: string[]): string {
  const near = nearNames(name, known).map((candidate) => `\`${candidate}\``);
  const shown = /^[\w. -]{1,64}$/.test(name) ? `\`${name}\`` : 'that name';
  const hint = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
  return `There is no ${kind} ${shown}.${hint} \`/agents\` lists what there is.`;
}
