import { execa } from 'execa';
import { BARE_ENVIRONMENT } from './environment.ts';

export interface Owner {
  uid: number;
  gid: number;
}

const NOBODY: Owner = { uid: 65_534, gid: 65_534 };

/**
 * Who runs the commands: `nobody` where Muster runs as root, else null, which means whoever runs Muster.
 * Root inside a user namespace is still the owner of root's files to the kernel: it can write
 * /proc/sys/kernel/core_pattern, which bubblewrap leaves open, and no limit on processes binds it.
 */
export function sandboxOwner(): Owner | null {
  return process.getuid?.() === 0 ? NOBODY : null;
}

/** Gives what root owns in the tree to the owner; follows no links, leaves the rest untouched. */
export async function giveTo(owner: Owner | null, tree: string): Promise<void> {
  if (owner === null) return;
  const to = `${owner.uid}:${owner.gid}`;
  await execa('chown', ['--recursive', '--no-dereference', '--from=0', to, '--', tree], {
    env: BARE_ENVIRONMENT,
    extendEnv: false,
  });
}
