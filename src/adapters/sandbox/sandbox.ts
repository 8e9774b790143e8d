import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CommandResult } from '../../ports/workspace.ts';
import { giveTo, sandboxOwner, type Owner } from './owner.ts';
import { runContained } from './run-contained.ts';
import { sandboxArguments } from './sandbox-arguments.ts';
import { readSystemFolders } from './system-folders.ts';

interface SandboxedCommand {
  /** For bash. */
  command: string;
  /** Absolute path of the work tree; the only folder of the host that the command can change. */
  workTree: string;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Runs commands of a repository under work: no network, no secrets, nothing of the host to change. */
export interface Sandbox {
  /** Every process of the command is dead when it settles. Throws `sandbox_failed` where none starts. */
  run(command: SandboxedCommand): Promise<CommandResult>;
  /** Whom the work tree is given to; null where that is whoever runs Muster. */
  readonly owner: Owner | null;
}

export interface SandboxOptions {
  /** Where work trees will lie; the probe runs there, since every parent folder must let pass. */
  scratchFolder: string;
  /** Folders outside /usr that hold tools, readable inside; their `bin` goes first on the PATH. */
  toolFolders?: readonly string[];
  /** The bubblewrap to use; the one on the PATH by default. */
  bubblewrap?: string;
}

/**
 * A sandbox on bubblewrap (0.8 or newer, Linux), or null where none starts: user namespaces closed
 * (AppArmor of Ubuntu 24.04, Docker's seccomp profile), no bubblewrap, no util-linux, a scratch folder
 * below a private one. There is no weaker fallback: without a sandbox no command runs.
 */
export async function probeSandbox(options: SandboxOptions): Promise<Sandbox | null> {
  const folders = { system: await readSystemFolders(), tools: options.toolFolders ?? [] };
  const bubblewrap = options.bubblewrap ?? 'bwrap';
  const owner = sandboxOwner();
  const sandbox: Sandbox = {
    owner,
    run: async ({ command, workTree, timeoutMs, signal }) => {
      await giveTo(owner, workTree);
      const args = sandboxArguments({ command, workTree, bubblewrap, folders });
      return runContained(args, { owner, timeoutMs, signal });
    },
  };
  return (await starts(sandbox, options.scratchFolder)) ? sandbox : null;
}

const PROBE_TIMEOUT_MS = 10_000;

const PROBE =
  'touch started && test ! -e /etc/shadow && test ! -w /proc/sys/kernel/core_pattern && echo walled';

/** Also asks whether the walls stand: a sandbox that shows the host's secrets is none. */
async function starts(sandbox: Sandbox, scratchFolder: string): Promise<boolean> {
  let workTree: string | null = null;
  try {
    workTree = await mkdtemp(path.join(scratchFolder, 'probe-'));
    const { signal } = new AbortController();
    const result = await sandbox.run({ command: PROBE, workTree, timeoutMs: PROBE_TIMEOUT_MS, signal });
    return result.exitCode === 0 && result.output === 'walled\n';
  } catch {
    // Whatever keeps it from starting, the answer is the same: no sandbox, no commands.
    return false;
  } finally {
    if (workTree !== null) await rm(workTree, { recursive: true, force: true });
  }
}
