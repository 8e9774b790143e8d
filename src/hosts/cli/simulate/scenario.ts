import { z } from 'zod';
import type { RoleName, User } from '../../../simulator/model.ts';

/** An account as the payload names it. */
export type Account = Pick<User, 'id' | 'login' | 'type'>;

/** Someone whom the event names, with the role that it lets them have. */
export interface Person {
  account: Account;
  role: RoleName | null;
  /** For the reader, e.g. `COLLABORATOR`. */
  because: string;
}

export interface ThreadScenario {
  number: number;
  nodeId: string | null;
  title: string;
  body: string | null;
  author: Account;
  state: 'open' | 'closed';
  labels: string[];
  /** Null for an issue. */
  pull: { headRef: string; isFork: boolean; isDraft: boolean; baseRef: string } | null;
}

/** What a person wrote: a comment, or the body of a review. */
export interface Written {
  id: number;
  nodeId: string | null;
  body: string;
  author: Account;
  createdAt: string;
}

/** The world that an event comes from, as far as its payload tells. */
export interface Scenario {
  repository: {
    id: number;
    nodeId: string | null;
    owner: Account;
    name: string;
    isPrivate: boolean;
    defaultBranch: string;
  };
  people: Person[];
  thread: ThreadScenario | null;
  comment: Written | null;
  review: (Written & { state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' }) | null;
  /** The label that the sender has just put on. */
  label: { name: string; by: Account } | null;
}

const text = z.string().nullish().catch(null);
const account = z.object({
  id: z.int(),
  login: z.string().min(1),
  type: z.enum(['User', 'Bot', 'Organization']).catch('User'),
});
const ghostly = account.nullish().catch(null);
const labels = z.array(z.object({ name: z.string().min(1) })).catch([]);
const side = z.object({ ref: z.string(), repo: z.object({ id: z.int() }).nullish() });
const thread = z.object({
  number: z.int().positive(),
  node_id: text,
  title: text,
  body: text,
  user: ghostly,
  author_association: text,
  state: z.enum(['open', 'closed']).catch('open'),
  labels,
  pull_request: z.unknown().optional(),
  draft: z.boolean().nullish().catch(null),
  head: side.nullish().catch(null),
  base: side.nullish().catch(null),
});
const written = z.object({
  id: z.int(),
  node_id: text,
  body: text,
  user: ghostly,
  author_association: text,
  created_at: text,
  submitted_at: text,
  state: text,
});
const payloadSchema = z.object({
  action: text,
  repository: z.object({
    id: z.int(),
    node_id: text,
    name: z.string().min(1),
    owner: account,
    private: z.boolean().catch(false),
    default_branch: z.string().min(1).catch('main'),
  }),
  sender: ghostly,
  issue: thread.nullish().catch(null),
  pull_request: thread.nullish().catch(null),
  comment: written.nullish().catch(null),
  review: written.nullish().catch(null),
  label: z
    .object({ name: z.string().min(1) })
    .nullish()
    .catch(null),
  client_payload: z
    .object({ issue: z.int().positive().optional(), pull_request: z.int().positive().optional() })
    .nullish()
    .catch(null),
});

type Payload = z.output<typeof payloadSchema>;
type Thread = z.output<typeof thread>;

/** What stands in for a deleted account. */
const GHOST: Account = { id: 10_137, login: 'ghost', type: 'User' };

/** The world of a payload, or null where it names no repository: such events concern none. Never throws. */
export function readScenario(payload: unknown, now: Date): Scenario | null {
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success) return null;
  const { repository, issue, pull_request: pull, comment, review, label, sender, action } = parsed.data;
  const subject = pull ?? issue ?? dispatchedThread(parsed.data);
  return {
    repository: {
      id: repository.id,
      nodeId: repository.node_id ?? null,
      owner: repository.owner,
      name: repository.name,
      isPrivate: repository.private,
      defaultBranch: repository.default_branch,
    },
    people: peopleOf(parsed.data),
    thread: subject === null ? null : toThread(subject, repository),
    // A comment on lines of a pull request, or on a commit, is of another kind.
    comment: issue && comment ? toWritten(comment, now) : null,
    review: pull && review ? { ...toWritten(review, now), state: reviewState(review.state) } : null,
    label: action === 'labeled' && label && sender ? { name: label.name, by: sender } : null,
  };
}

/** `repository_dispatch` only gives a number. */
function dispatchedThread({ client_payload: asked, sender }: Payload): Thread | null {
  const number = asked?.pull_request ?? asked?.issue;
  if (number === undefined) return null;
  const isPull = asked?.pull_request !== undefined;
  return thread.parse({ number, user: sender, ...(isPull ? { pull_request: {} } : {}) });
}

function toThread(from: Thread, repository: Payload['repository']): ThreadScenario {
  const isPull = from.head != null || typeof from.pull_request === 'object';
  return {
    number: from.number,
    nodeId: from.node_id ?? null,
    title: from.title?.trim() || '(no title)',
    body: from.body ?? null,
    author: from.user ?? GHOST,
    state: from.state,
    labels: from.labels.map(({ name }) => name),
    pull: isPull
      ? {
          headRef: from.head?.ref ?? `change-${from.number}`,
          isFork: from.head != null && from.head.repo?.id !== repository.id,
          isDraft: from.draft ?? false,
          baseRef: from.base?.ref ?? repository.default_branch,
        }
      : null,
  };
}

function toWritten(from: z.output<typeof written>, now: Date): Written {
  return {
    id: from.id,
    nodeId: from.node_id ?? null,
    body: from.body ?? '',
    author: from.user ?? GHOST,
    createdAt: from.created_at ?? from.submitted_at ?? now.toISOString(),
  };
}

function reviewState(state: string | null | undefined): 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' {
  switch ((state ?? '').toLowerCase()) {
    case 'approved':
      return 'APPROVED';
    case 'changes_requested':
      return 'CHANGES_REQUESTED';
    default:
      return 'COMMENTED';
  }
}

/** Each account once; the sender last, so that what the payload says of them as an author stands. */
function peopleOf(payload: Payload): Person[] {
  const { issue, pull_request: pull, comment, review, sender, action } = payload;
  const people = new Map<string, Person>();
  const add = (user: Account | null | undefined, person: Omit<Person, 'account'>): void => {
    if (user && !people.has(user.login.toLowerCase())) {
      people.set(user.login.toLowerCase(), { account: user, ...person });
    }
  };
  if (sender && (action === 'labeled' || action === 'unlabeled')) {
    add(sender, roleOf(sender, payload, 'write', 'only people with access change labels'));
  }
  if (sender && payload.client_payload) {
    add(sender, roleOf(sender, payload, 'write', 'only people with access send dispatches'));
  }
  for (const author of [comment, review, pull, issue]) {
    if (author?.user) add(author.user, associated(author.user, payload, author.author_association));
  }
  add(sender, roleOf(sender, payload, null, 'the payload tells nothing of their access'));
  return [...people.values()];
}

/** GitHub's `author_association` tells no role; these are the least that it goes with, as a rule. */
const ROLES: Record<string, RoleName> = { OWNER: 'admin', MEMBER: 'write', COLLABORATOR: 'write' };

function associated(
  user: Account,
  payload: Payload,
  association: string | null | undefined,
): Omit<Person, 'account'> {
  return roleOf(user, payload, ROLES[association ?? ''] ?? null, association ?? 'NONE');
}

function roleOf(
  user: Account | null | undefined,
  { repository }: Payload,
  role: RoleName | null,
  because: string,
): Omit<Person, 'account'> {
  return user?.id === repository.owner.id ? { role: 'admin', because: 'OWNER' } : { role, because };
}
