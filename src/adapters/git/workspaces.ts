import { chmod, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import type { Workspace, Workspaces, WorkspaceSource } from '../../ports/workspace.ts';
import { BARE_ENVIRONMENT } from '../sandbox/environment.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { checkOut } from './checkout.ts';
import { createGit, type GitSetup } from './git.ts';
import { systemCode } from './paths.ts';
import { createWorkspace } from './workspace.ts';

export interface GitWorkspacesOptions {
  /** Where checkouts lie, one folder each; made when missing. */
  rootDir: string;
  /** Null where none starts: no commands then. */
  sandbox: Sandbox | null;
  /** For git alone: PATH, proxies and certificates of the host. */
  environment?: Readonly<Record<string, string>>;
  /** `http` and `https` by default. */
  protocols?: GitSetup['protocols'];
  /** How long a search may take, 10 s by default: a pattern can be made to take forever. */
  searchTimeoutMs?: number;
}

/** Workspaces that the git of this machine checks out. `open` throws `clone_failed`, leaving nothing behind. */
export function createGitWorkspaces(options: GitWorkspacesOptions): Workspaces {
  return {
    open: async (source, signal) => {
      await mkdir(options.rootDir, { recursive: true });
      const folder = await realpath(await mkdtemp(path.join(options.rootDir, 'work-')));
      try {
        return await openIn(folder, source, signal, options);
      } catch (error) {
        await removeTree(folder);
        throw error;
      }
    },
  };
}

async function openIn(
  folder: string,
  source: WorkspaceSource,
  signal: AbortSignal,
  options: GitWorkspacesOptions,
): Promise<Workspace> {
  const { sandbox, environment = BARE_ENVIRONMENT, protocols = ['http', 'https'] } = options;
  const gitDir = path.join(folder, 'git');
  const root = path.join(folder, 'tree');
  await mkdir(gitDir, { mode: 0o700 });
  await mkdir(root, { mode: 0o700 });
  // The sandbox's own user must get through to the tree, which will be its own.
  if (sandbox !== null && sandbox.owner !== null) await chmod(folder, 0o711);
  const git = createGit({ gitDir, workTree: root, environment, protocols });
  await checkOut(git, gitDir, source, signal);
  return createWorkspace({
    git,
    root,
    baseSha: source.sha,
    sandbox,
    searchTimeoutMs: options.searchTimeoutMs ?? 10_000,
    remove: () => removeTree(folder),
  });
}

/** A command may have left folders that their owner can't enter. */
async function removeTree(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    if (systemCode(error) !== 'EACCES') throw error;
    const bare = { env: BARE_ENVIRONMENT, extendEnv: false };
    await execa('chmod', ['-R', 'u+rwX', '--', folder], { ...bare, reject: false });
    await rm(folder, { recursive: true, force: true });
  }
}
