import type { Actor } from '../../src/domain/actor.ts';
import { MusterError } from '../../src/domain/errors.ts';
import type { ReviewComment } from '../../src/domain/proposal.ts';
import type {
  CommentFacts,
  IssueFacts,
  PullRequestFacts,
  PullRequestFile,
  ReviewFacts,
  TreeEntry,
} from '../../src/ports/github.ts';
import type { ChangeFacts } from '../../src/ports/github-changes.ts';
import type { CheckFacts } from '../../src/ports/github-checks.ts';

export const US: Actor = { id: 100, login: 'muster[bot]', isBot: true };
export const MALLORY: Actor = { id: 66, login: 'mallory', isBot: false };
export const NOW = '2026-11-22T12:00:00Z';

interface Commit {
  sha: string;
  treeSha: string;
  message: string;
  isVerified: boolean;
}

/** What the fake holds; tests set it up and look at it directly. */
export interface FakeState {
  comments: Map<number, CommentFacts & { on: number }>;
  issues: Map<number, IssueFacts>;
  pulls: Map<number, PullRequestFacts>;
  files: PullRequestFile[];
  reviews: (ReviewFacts & { inline: ReviewComment[] })[];
  refs: Map<string, string>;
  commits: Map<string, Commit>;
  /** Of the commits that were made. */
  parents: Map<string, string[]>;
  trees: Map<string, Record<string, Omit<TreeEntry, 'path'>>>;
  blobs: Map<string, { content: string; encoding: string }>;
  checks: CheckFacts[];
  changes: ChangeFacts[];
  assignable: Set<string>;
  dispatched: string[];
  hasDrafts: boolean;
  /** Calls of methods that write, in order. */
  writes: string[];
}

export function emptyState(): FakeState {
  const base = { sha: 'base', treeSha: 'tree:base', message: 'start', isVerified: true };
  const state: FakeState = {
    comments: new Map(),
    issues: new Map(),
    pulls: new Map(),
    files: [],
    reviews: [],
    refs: new Map([['refs/heads/main', 'base']]),
    commits: new Map([['base', base]]),
    parents: new Map(),
    trees: new Map([['tree:base', {}]]),
    blobs: new Map(),
    checks: [],
    changes: [],
    assignable: new Set(['ada', 'bob']),
    dispatched: [],
    hasDrafts: true,
    writes: [],
  };
  state.issues.set(12, anIssue(12, { title: 'bug', body: 'it breaks', author: MALLORY }));
  return state;
}

export function anIssue(number: number, overrides: Partial<IssueFacts>): IssueFacts {
  return {
    number,
    nodeId: `I_${number}`,
    title: '',
    body: '',
    state: 'open',
    author: US,
    labels: [],
    assignees: [],
    isPullRequest: false,
    url: `https://github.com/acme/shop/issues/${number}`,
    updatedAt: NOW,
    ...overrides,
  };
}

export function aPull(number: number, overrides: Partial<PullRequestFacts> = {}): PullRequestFacts {
  return {
    number,
    nodeId: `PR_${number}`,
    title: '',
    body: '',
    state: 'open',
    isDraft: true,
    isMerged: false,
    author: US,
    head: { sha: 'head', ref: 'topic', repositoryId: 1 },
    base: { sha: 'base', ref: 'main' },
    url: `https://github.com/acme/shop/pull/${number}`,
    updatedAt: NOW,
    ...overrides,
  };
}

export function aComment(id: number, author: Actor, body: string): CommentFacts & { on: number } {
  const url = `https://github.com/acme/shop/issues/12#issuecomment-${id}`;
  return { id, nodeId: `C_${id}`, body, author, url, createdAt: NOW, updatedAt: NOW, on: 12 };
}

export function found<T>(value: T | undefined): T {
  if (value === undefined) throw new MusterError('github_not_found', 'Not Found');
  return value;
}

export function refuse(message: string): never {
  throw new MusterError('github_invalid', message);
}
