import type { Actor } from '../domain/actor.ts';
import type { Subject } from '../domain/subject.ts';
import type { Tenant } from '../domain/tenant.ts';

/** The issue or pull request that an event is about, as the payload shows it. */
export interface Thread extends Subject {
  /** Null where the payload only gives the number. */
  nodeId: string | null;
  body: string;
  /** Null for a deleted account, and where the payload doesn't say. */
  author: Actor | null;
}

/** What every event of a repository says. */
export interface EventOrigin {
  /** The webhook's name, e.g. `issues`. */
  event: string;
  action: string | null;
  tenant: Tenant;
  sender: Actor | null;
  /** The App that the sender acted through, or that owns the check; null for none, or where it isn't said. */
  appId: number | null;
  thread: Thread | null;
  /** When GitHub says it happened, ISO 8601; null where it doesn't say. */
  at: string | null;
  /** Of the payload without `installation`: the same event on any host. */
  digest: string;
}

export interface LabeledEvent extends EventOrigin {
  kind: 'labeled';
  thread: Thread;
  label: string;
}

export interface CommentedEvent extends EventOrigin {
  kind: 'commented';
  thread: Thread;
  comment: { id: number; nodeId: string; body: string; author: Actor; createdAt: string };
}

export interface ReviewedEvent extends EventOrigin {
  kind: 'reviewed';
  thread: Thread;
  /** The pull request's head when the event was sent. */
  headSha: string;
  review: {
    id: number;
    nodeId: string;
    body: string;
    author: Actor;
    state: 'approved' | 'changes_requested' | 'commented';
    commitSha: string | null;
    submittedAt: string;
  };
}

export interface ButtonEvent extends EventOrigin {
  kind: 'button';
  checkRunId: number;
  identifier: string;
  externalId: string;
  headSha: string;
}

/** A check suite or workflow run that ended red. */
export interface CiFailedEvent extends EventOrigin {
  kind: 'ci_failed';
  /** Of the check suite or workflow run. */
  id: number;
  headSha: string;
  /** Numbers of this repository's pull requests with that head. */
  pullRequests: number[];
}

/** A pull request whose head or state changed. */
export interface PullRequestEvent extends EventOrigin {
  kind: 'pull_request';
  change: 'opened' | 'reopened' | 'synchronize' | 'closed';
  thread: Thread;
  headSha: string;
  isMerged: boolean;
}

/** A push to the default branch that takes commits back. */
export interface RevertPushedEvent extends EventOrigin {
  kind: 'revert_pushed';
  /** SHAs, as the messages of the commits name them. */
  commits: string[];
}

/** `repository_dispatch` of type `muster`. `thread` is null where it names no issue or pull request. */
export interface DispatchedEvent extends EventOrigin {
  kind: 'dispatched';
  work: { kind: 'agent' | 'flow'; name: string };
  request: string | null;
  /** Unique to this dispatch where the host knows the delivery. */
  key: string;
}

/** A repository that moved, or whose visibility changed: waits and approvals don't survive that. */
export interface RepositoryEvent extends EventOrigin {
  kind: 'repository';
  change: 'transferred' | 'privatized' | 'publicized' | 'renamed' | 'deleted';
}

/** Any other event: it starts what is bound to it, and no more. */
interface OtherEvent extends EventOrigin {
  kind: 'other';
}

/** The App came to repositories or left them. `suspend` and `unsuspend` concern all of an installation. */
export interface InstallationEvent {
  kind: 'installation';
  change: 'created' | 'deleted' | 'suspend' | 'unsuspend' | 'added' | 'removed';
  installationId: number;
  added: Tenant[];
  removed: Tenant[];
}

export interface IgnoredEvent {
  kind: 'ignored';
  reason: string;
}

export type TenantEvent =
  | LabeledEvent
  | CommentedEvent
  | ReviewedEvent
  | ButtonEvent
  | CiFailedEvent
  | PullRequestEvent
  | RevertPushedEvent
  | DispatchedEvent
  | RepositoryEvent
  | OtherEvent;

export type MusterEvent = TenantEvent | InstallationEvent | IgnoredEvent;
