import { cleanText, type GuardNote, type TextContext } from './guard-text.ts';
import { MAX_ASSIGNEES, MAX_LABEL, MAX_LABELS } from './size.ts';

export interface LabelContext extends TextContext {
  /** Labels that exist; a new one asks a person. Absent: unknown, so nothing is held against a label. */
  repositoryLabels?: readonly string[];
  /** Labels that a workflow file names: they start things, so they ask a person unless the agent file allows them. */
  workflowLabels?: readonly string[];
}

interface GuardedNames {
  names: string[];
  notes: GuardNote[];
}

const LOGIN = /^[A-Za-z\d](?:[A-Za-z\d]|-(?=[A-Za-z\d])){0,38}$/;

/**
 * The labels that an agent may put or take: never `agent:*` or `flow:*`, which start runs; only those of its
 * allow-list where it has one; none whose name holds anything that a text guard would change.
 */
export async function guardLabels(
  labels: readonly string[],
  allow: readonly string[] | undefined,
  context: LabelContext,
): Promise<GuardedNames> {
  const notes: GuardNote[] = [];
  const names: string[] = [];
  for (const label of labels.slice(0, MAX_LABELS)) {
    const refusal = await refusalOf(label, allow, context);
    if (refusal === null) names.push(label);
    else notes.push({ guard: 'labels', outcome: 'cleaned', message: `dropped a label: ${refusal}` });
  }
  const exists = listed(context.repositoryLabels);
  const starts = listed(allow === undefined ? (context.workflowLabels ?? []) : []);
  for (const name of names) {
    if (exists?.has(name.toLowerCase()) === false) notes.push(asks(`label \`${name}\` doesn't exist yet`));
    if (starts?.has(name.toLowerCase()) === true)
      notes.push(asks(`label \`${name}\` is named in a workflow`));
  }
  return { names, notes };
}

/** Logins that can be someone's, at most ten. */
export function guardLogins(logins: readonly string[]): GuardedNames {
  const names = logins.filter((login) => LOGIN.test(login)).slice(0, MAX_ASSIGNEES);
  const dropped = logins.length - names.length;
  return {
    names,
    notes:
      dropped === 0
        ? []
        : [{ guard: 'size', outcome: 'cleaned', message: `dropped ${dropped} of the logins` }],
  };
}

async function refusalOf(
  label: string,
  allow: readonly string[] | undefined,
  context: TextContext,
): Promise<string | null> {
  if (label.trim() === '' || label.length > MAX_LABEL) return `empty, or over ${MAX_LABEL} characters`;
  if ((await cleanText(label, 'title', context)).text !== label)
    return 'its name holds what may not be published';
  if (/^(?:agent|flow)\s*:/i.test(label.normalize('NFKC').trim())) return 'it starts runs';
  return listed(allow)?.has(label.toLowerCase()) === false ? 'the agent file does not allow it' : null;
}

// GitHub compares labels without case.
function listed(labels: readonly string[] | undefined): Set<string> | undefined {
  return labels === undefined ? undefined : new Set(labels.map((label) => label.toLowerCase()));
}

function asks(message: string): GuardNote {
  return { guard: 'labels', outcome: 'needs_approval', message };
}
