import type { SystemFolder } from './system-folders.ts';

export interface ContainedCommand {
  command: string;
  workTree: string;
  bubblewrap: string;
  folders: { system: readonly SystemFolder[]; tools: readonly string[] };
}

/** Where bubblewrap reports to, and reads `PASSWD` from: the first two after the standard streams. */
const STATUS_FD = 3;
const PASSWD_FD = 4;

/** What the command sees as /etc/passwd: nobody of the host. */
export const PASSWD = 'agent:x:1000:1000::/tmp:/bin/bash\n';

const GIBIBYTE = 1024 ** 3;

/**
 * Per process, but for processes, which count the user's own and all they started. `--data` instead of
 * `--as`: V8, Go and the JVM reserve far more addresses than they use.
 */
const LIMITS = [
  '--nproc=512',
  `--data=${4 * GIBIBYTE}`,
  `--fsize=${GIBIBYTE}`,
  '--nofile=4096',
  '--core=0',
  '--memlock=0',
];

/** What no process of the host gets killed for: the kernel takes the sandbox first when memory runs out. */
const OUT_OF_MEMORY_SCORE = '900';

/**
 * Closes what a careless parent of Muster left open without close-on-exec, which bubblewrap hands on,
 * joins both streams, and only then starts what the model wrote.
 */
const PRELUDE = `
for fd in /proc/self/fd/*; do fd=\${fd##*/}; if ((fd > 2)); then eval "exec $fd>&-"; fi; done 2>/dev/null
exec bash -c "$1" 2>&1`;

/**
 * The command line that contains a command, the first element its program. What isn't named here doesn't
 * exist inside: no /home, /root, /etc but three files, /sys, /run, nor any other work tree.
 */
export function sandboxArguments({ command, workTree, bubblewrap, folders }: ContainedCommand): string[] {
  return [
    ['choom', '-n', OUT_OF_MEMORY_SCORE, '--', 'prlimit', ...LIMITS, '--', bubblewrap],
    ['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session'],
    ['--uid', '1000', '--gid', '1000', '--hostname', 'sandbox', '--json-status-fd', String(STATUS_FD)],
    environment(folders.tools),
    ['--ro-bind', '/usr', '/usr', ...folders.system.flatMap(systemFolder)],
    folders.tools.flatMap((folder) => ['--ro-bind', folder, folder]),
    ['--ro-bind-try', '/etc/alternatives', '/etc/alternatives'],
    ['--ro-bind-try', '/etc/ld.so.cache', '/etc/ld.so.cache'],
    ['--ro-bind-data', String(PASSWD_FD), '/etc/passwd'],
    ['--proc', '/proc', '--dev', '/dev', ...temporary('/dev/shm', 64), '--remount-ro', '/dev'],
    [...temporary('/tmp', 512), '--bind', workTree, '/workspace', '--chdir', '/workspace'],
    ['--remount-ro', '/', '--', 'bash', '-c', PRELUDE, 'bash', command],
  ].flat();
}

function environment(toolFolders: readonly string[]): string[] {
  const path = [...toolFolders.map((folder) => `${folder}/bin`), '/usr/local/bin', '/usr/bin', '/bin'];
  const variables = { PATH: path.join(':'), HOME: '/tmp', TMPDIR: '/tmp', LANG: 'C.UTF-8', TERM: 'dumb' };
  return ['--clearenv', ...Object.entries(variables).flatMap(([name, value]) => ['--setenv', name, value])];
}

function systemFolder({ path, linkTarget }: SystemFolder): string[] {
  return linkTarget === null ? ['--ro-bind-try', path, path] : ['--symlink', linkTarget, path];
}

/** A folder in memory; without a size it could fill half of the host's. */
function temporary(path: string, mebibytes: number): string[] {
  return ['--size', String(mebibytes * 1024 ** 2), '--tmpfs', path];
}
