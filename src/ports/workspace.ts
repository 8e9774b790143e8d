import type { FileChange } from '../domain/proposal.ts';

export interface SearchHit {
  path: string;
  line: number;
  text: string;
}

export interface CommandResult {
  exitCode: number | null;
  /** Both streams in order, cut in the middle when too long. */
  output: string;
  hasTimedOut: boolean;
}

/**
 * A checkout that the agent works on. Paths are relative to its root, with `/`; a path that leaves the
 * root, names `.git`, or follows a link out of it throws `MusterError` `path_outside`.
 */
export interface Workspace {
  /** The commit that was checked out; null in a repository without commits. */
  readonly baseSha: string | null;
  /** Null where there is no such file; throws `not_text` for bytes that are not UTF-8. */
  readFile(path: string): Promise<string | null>;
  /** Tracked and new files, sorted; ignored ones and links out of the root left out. */
  listFiles(glob?: string): Promise<string[]>;
  /** Fixed order (path, line); `pattern` is an extended regular expression, else a `bad_pattern` error. */
  search(pattern: string, glob: string | undefined, limit: number): Promise<SearchHit[]>;
  writeFile(path: string, content: string): Promise<void>;
  deleteFile(path: string): Promise<void>;
  /**
   * All that differs from `baseSha`, sorted by path; with `paths`, those as they stand now, whether they
   * differ or not (`content: null` where there is no file). `changes_too_large` past what can be published.
   */
  changes(paths?: readonly string[]): Promise<FileChange[]>;
  /** Puts recorded changes in place again, after a restart. */
  apply(changes: FileChange[]): Promise<void>;
  /** Runs in the sandbox, without network or secrets; null where no sandbox starts. */
  readonly runCommand:
    | ((command: string, options: { timeoutMs: number; signal: AbortSignal }) => Promise<CommandResult>)
    | null;
  dispose(): Promise<void>;
}

export interface WorkspaceSource {
  cloneUrl: string;
  /** Sent in a header, never in a URL, an argument or a file. */
  token: string;
  /** Null opens an empty repository. */
  sha: string | null;
}

export interface Workspaces {
  /** A fresh checkout of one commit. */
  open(source: WorkspaceSource, signal: AbortSignal): Promise<Workspace>;
}
