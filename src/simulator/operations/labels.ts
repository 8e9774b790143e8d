import { invalidField, notFound } from '../errors.ts';
import type { Issue, Label, Repository } from '../model.ts';
import { nodeIdOf } from '../node-ids.ts';
import { labelPayload } from '../payloads/issue.ts';
import { nowText, type Actor, type SimulatorState } from '../state.ts';
import { emitIssue, emitOn } from './emit.ts';
import { recordEvent } from './issue-events.ts';

/** By name, without regard to case. */
export function findLabel(repository: Repository, name: string): Label | null {
  const wanted = name.toLowerCase();
  return repository.labels.find((label) => label.name.toLowerCase() === wanted) ?? null;
}

/** Makes a label: `label.created`. 422 where the repository has it. */
export function createLabel(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  input: { name: string; color?: string | undefined; description?: string | null | undefined },
): Label {
  if (findLabel(repository, input.name) !== null) throw invalidField('Label', 'name', 'already_exists');
  if (input.name.trim() === '' || input.name.length > 50) throw invalidField('Label', 'name', 'invalid');
  const color = input.color ?? 'ededed';
  if (!/^[0-9a-f]{6}$/i.test(color)) throw invalidField('Label', 'color', 'invalid');
  const id = state.nextId();
  const label = {
    id,
    nodeId: nodeIdOf('label', id),
    name: input.name,
    color,
    description: input.description ?? null,
  };
  repository.labels.push(label);
  const fields = { label: labelPayload(state, repository, label) };
  emitOn(state, actor, repository, { name: 'label', action: 'created', fields });
  return label;
}

/** Puts labels on, one `labeled` each; those it has are left, those the repository lacks are made. */
export async function labelIssue(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  names: string[],
): Promise<void> {
  for (const name of names) {
    const label = findLabel(repository, name) ?? createLabel(state, actor, repository, { name });
    if (issue.labels.includes(label.name)) continue;
    issue.labels.push(label.name);
    await announceLabel(state, actor, repository, issue, 'labeled', label);
  }
}

/** Takes a label off: `unlabeled`. 404 where it is not on the issue. */
export async function unlabelIssue(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  name: string,
): Promise<void> {
  const label = findLabel(repository, name);
  if (label === null || !issue.labels.includes(label.name)) throw notFound();
  issue.labels = issue.labels.filter((entry) => entry !== label.name);
  await announceLabel(state, actor, repository, issue, 'unlabeled', label);
}

async function announceLabel(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  event: 'labeled' | 'unlabeled',
  label: Label,
): Promise<void> {
  issue.updatedAt = nowText(state);
  recordEvent(state, actor, issue, { event, label });
  const extra = { label: labelPayload(state, repository, label) };
  await emitIssue(state, actor, repository, issue, event, extra);
}
