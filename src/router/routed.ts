import type { Actor } from '../domain/actor.ts';
import type { AgentDefinition, EventBinding } from '../domain/agent.ts';
import type { ConfigProblem, MusterConfig } from '../domain/config.ts';
import type { PermissionLevel } from '../domain/permission.ts';
import type { RunRequest } from '../domain/run.ts';
import type { Subject } from '../domain/subject.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { GitHub } from '../ports/github.ts';
import type { ControlCommand } from './commands.ts';
import type { InstallationEvent, PullRequestEvent, RepositoryEvent } from './event.ts';

/** What a tenant has to start, from the default branch. */
export interface Catalogue {
  /** The defaults where `muster.yml` is invalid: they decide who is told, never what runs. */
  config: MusterConfig;
  /** Of `muster.yml`; any of them refuses every run. */
  configProblems: ConfigProblem[];
  /** One of each name; a repository's own file stands in front of the built-in one. */
  agents: AgentDefinition[];
  flows: { name: string; on: EventBinding[] }[];
  /** Invalid files by the name that they would have; they hide a built-in one of that name. */
  broken: { kind: 'agent' | 'flow'; name: string; problems: ConfigProblem[] }[];
}

/** What routing asks for, all of it about the event's tenant. */
export interface RouteDeps {
  github: Pick<GitHub, 'identity' | 'permissionOf' | 'lastLabelEvent'>;
  catalogue(): Promise<Catalogue>;
  /** True for a pull request that a run of Muster opened. */
  isOwnPullRequest(number: number): Promise<boolean>;
  now: Date;
}

/** A run that was asked for; `subject` is null for events that belong to no issue or pull request. */
export type RunOrder = Omit<RunRequest, 'subject'> & { subject: Subject | null };

/** Who asked for something, with what GitHub said of them at that moment. */
interface Asked {
  tenant: Tenant;
  actor: Actor;
  /** `none` for a bot of the allow-list. */
  level: PermissionLevel;
  /** The same for every delivery of the same thing, e.g. `comment:12:0`, `review:34`. */
  key: string;
  /** GitHub's time of it, ISO 8601; the time of routing for buttons, which carry none. */
  at: string;
}

/** A control command, by someone who may give it. */
export interface RoutedCommand extends Asked {
  kind: 'command';
  command: ControlCommand;
  subject: Subject;
  /** Where it stands, to be read again before it takes effect. */
  source: { kind: 'comment' | 'review'; id: number };
  /** Node id that gets 👀. */
  react: string;
}

/** A review of, or a button on, what a run has waiting; it does what the command of its name does. */
export interface RoutedSignal extends Asked {
  kind: 'signal';
  signal: 'approve' | 'reject' | 'rework' | 'retry';
  via: 'review' | 'button';
  /** Of the review or the check run. */
  id: number;
  pullRequest: number | null;
  /** The runs of the check, newest first; empty for a review. */
  runIds: string[];
  /** The commit that was reviewed, or the head that the check stands on. */
  commitSha: string;
  /** The review's body; its inline comments are to be read from GitHub. */
  text: string;
  /** Node id that gets 👀; null for a button. */
  react: string | null;
}

/** Red CI on the head of a pull request that Muster opened. */
export interface RoutedCi {
  kind: 'ci';
  tenant: Tenant;
  pullRequest: number;
  headSha: string;
  key: string;
  at: string;
}

/** What an event asks of Muster. One event may ask for several things. */
export type Routed =
  | {
      kind: 'run';
      order: RunOrder;
      /** Node id that gets 👀; null for events, which nobody waits on. */
      react: string | null;
      /** The label to take off once the run is accepted. */
      label: string | null;
    }
  | RoutedCommand
  | RoutedSignal
  | RoutedCi
  /** A person's pull request, or a person's change of one of ours. */
  | { kind: 'pull_request'; event: PullRequestEvent; isOwn: boolean }
  /** What was merged is taken back: pull requests by number, commits by SHA, of whomever they were. */
  | { kind: 'reverted'; tenant: Tenant; pullRequests: number[]; commits: string[] }
  | { kind: 'lifecycle'; event: InstallationEvent | RepositoryEvent }
  /** Gets 😕 on the node, where there is one, and nothing else. */
  | { kind: 'refused'; nodeId: string | null; reason: string }
  /** One line, for someone who may ask. Said once a subject for the same `onceKey`. */
  | { kind: 'answer'; subject: Subject; text: string; onceKey: string | null }
  | { kind: 'ignored'; reason: string };
