import type { Actor } from '../domain/actor.ts';
import type { Note } from '../domain/note.ts';
import type { Subject } from '../domain/subject.ts';
import type { GitHub } from '../ports/github.ts';
import type { Workspace } from '../ports/workspace.ts';

/** All that the tools of one run can reach: nothing here writes to GitHub. */
export interface ToolDeps {
  /** Null where the agent works without a checkout: its file tools are absent then. */
  workspace: Workspace | null;
  github: Pick<
    GitHub,
    | 'identity'
    | 'tenant'
    | 'getIssue'
    | 'listComments'
    | 'lastEditors'
    | 'getPullRequest'
    | 'listPullRequestFiles'
    | 'listChecks'
    | 'readCheckLog'
  >;
  subject: Subject;
  /** The commit that the run works on; null in an empty repository. */
  headSha: string | null;
  /** ISO 8601. Comments written or edited later are not read: they could be aimed at a run on its way. */
  triggerAt: string;
  /** False for the head of a fork: its files are a stranger's text then, and taint. */
  isWorkspaceTrusted: boolean;
  /** True for people at or above the threshold. */
  isTrusted: (author: Actor) => Promise<boolean>;
  recall: (query: string) => Promise<Note[]>;
  /** Marks foreign prose as data that can't pass for instructions, without the parts that readers can't see. */
  quote: (text: string, source: string) => string;
  /** The same for code, diffs and output, where comments and markup belong to the text. */
  quoteCode: (text: string, source: string) => string;
}
