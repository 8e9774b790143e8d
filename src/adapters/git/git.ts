import { execa } from 'execa';

interface GitOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Standard output past it is cut and the process ended. */
  maxBytes?: number;
  /** More configuration for this call; passed in the environment, where secrets may be. */
  config?: Record<string, string>;
}

export interface GitResult {
  /** Null where a signal ended it. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
  hasTimedOut: boolean;
  isCut: boolean;
}

/** One call of git on one work tree. Throws the signal's reason when aborted; failures are in the result. */
export type Git = (args: readonly string[], options?: GitOptions) => Promise<GitResult>;

export interface GitSetup {
  gitDir: string;
  workTree: string;
  /** Of the host: PATH, proxies, certificates. Nothing else of Muster's environment reaches git. */
  environment: Readonly<Record<string, string>>;
  /** `file` is for tests on local repositories. */
  protocols: readonly ('http' | 'https' | 'file')[];
}

const TIMEOUT_MS = 60_000;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * What git may do on a tree that a stranger wrote: run no hook, monitor, filter or helper, ask nobody,
 * read no configuration but this, follow no redirect with our token.
 */
const CONFIG: Record<string, string> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.untrackedCache': 'false',
  'core.attributesFile': '/dev/null',
  'core.excludesFile': '/dev/null',
  'core.autocrlf': 'false',
  'core.symlinks': 'true',
  'core.fileMode': 'true',
  'credential.helper': '',
  'fetch.recurseSubmodules': 'false',
  'submodule.recurse': 'false',
  'http.followRedirects': 'false',
  // Nothing of a checkout has to survive a crash.
  'core.fsync': 'none',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'protocol.allow': 'never',
};

/** git on a work tree whose GIT_DIR lies outside of it, where nothing that runs in the tree can reach. */
export function createGit(setup: GitSetup): Git {
  const allowed = Object.fromEntries(setup.protocols.map((name) => [`protocol.${name}.allow`, 'always']));
  return async (args, { signal, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES, config = {} } = {}) => {
    signal?.throwIfAborted();
    const running = execa('git', args, {
      cwd: setup.workTree,
      env: {
        ...setup.environment,
        ...SETTINGS,
        GIT_DIR: setup.gitDir,
        GIT_WORK_TREE: setup.workTree,
        ...configEnvironment({ ...CONFIG, ...allowed, ...config }),
      },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      stripFinalNewline: false,
      maxBuffer: maxBytes,
      // A group of its own, to be stopped with its helpers: one that waits for a server outlives git.
      detached: true,
    });
    let hasTimedOut = false;
    const stop = (): void => killGroup(running.pid);
    const timer = setTimeout(() => {
      hasTimedOut = true;
      stop();
    }, timeoutMs);
    signal?.addEventListener('abort', stop, { once: true });
    const result = await running;
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    signal?.throwIfAborted();
    const { exitCode = null, stdout, stderr, isMaxBuffer } = result;
    return { exitCode, stdout, stderr, hasTimedOut, isCut: isMaxBuffer };
  };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}

const SETTINGS = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  // Errors are told apart by their words.
  LC_ALL: 'C',
};

function configEnvironment(config: Record<string, string>): Record<string, string> {
  const entries = Object.entries(config);
  const numbered = entries.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(entries.length), ...Object.fromEntries(numbered) };
}
