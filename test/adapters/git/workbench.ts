import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createGitWorkspaces } from '../../../src/adapters/git/workspaces.ts';
import { probeSandbox, type Sandbox } from '../../../src/adapters/sandbox/sandbox.ts';
import type { Workspace } from '../../../src/ports/workspace.ts';
import { repositoryWith, temporaryFolder, type Entry } from './repositories.ts';

export interface Workbench {
  folder: string;
  rootDir: string;
  sandbox: Sandbox | null;
  /** A checkout of one commit of these files; null stands for a repository without commits. */
  open(files: Record<string, Entry> | null): Promise<Workspace>;
  /** The same for the length of `work`, with the work tree's place, to plant there what a command would. */
  use(
    files: Record<string, Entry>,
    work: (workspace: Workspace, tree: string) => Promise<void>,
  ): Promise<void>;
  tree(): string;
  [Symbol.dispose](): void;
}

/** Checkouts in a temporary folder, with the sandbox that this machine has. */
export async function workbench(): Promise<Workbench> {
  const folder = temporaryFolder();
  const rootDir = path.join(folder.path, 'work');
  mkdirSync(rootDir);
  chmodSync(folder.path, 0o755);
  const sandbox = await probeSandbox({ scratchFolder: rootDir });
  const workspaces = createGitWorkspaces({ rootDir, sandbox, protocols: ['file'], searchTimeoutMs: 1000 });
  const { signal } = new AbortController();
  let count = 0;

  const bench: Workbench = {
    folder: folder.path,
    rootDir,
    sandbox,
    open: async (files) => {
      if (files === null) {
        return workspaces.open({ cloneUrl: 'https://example.org/r', token: '', sha: null }, signal);
      }
      count += 1;
      const { url, sha } = repositoryWith(path.join(folder.path, `repository-${count}`), files);
      return workspaces.open({ cloneUrl: url, token: '', sha }, signal);
    },
    use: async (files, work) => {
      const workspace = await bench.open(files);
      try {
        await work(workspace, bench.tree());
      } finally {
        await workspace.dispose();
      }
    },
    tree: () => path.join(rootDir, readdirSync(rootDir)[0] ?? '', 'tree'),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
  return bench;
}
