import { describe, expect, it } from 'vitest';
import { sandboxArguments } from '../../../src/adapters/sandbox/sandbox-arguments.ts';

const args = sandboxArguments({
  command: 'npm test; echo "$HOME"',
  workTree: '/data/work/tree',
  bubblewrap: 'bwrap',
  folders: {
    system: [
      { path: '/bin', linkTarget: 'usr/bin' },
      { path: '/lib64', linkTarget: null },
    ],
    tools: ['/opt/node'],
  },
});

/** Every `flag a b` of the command line. */
function pairs(flag: string): string[] {
  return args.flatMap((arg, index) => (arg === flag ? [`${args[index + 1]} ${args[index + 2]}`] : []));
}

describe('sandboxArguments', () => {
  it('gives one folder of the host to write: the work tree', () => {
    expect(pairs('--bind')).toEqual(['/data/work/tree /workspace']);
    expect(pairs('--dev-bind')).toEqual([]);
  });

  it('shows nothing of the host to read but programs', () => {
    expect(pairs('--ro-bind')).toEqual(['/usr /usr', '/opt/node /opt/node']);
    expect(pairs('--ro-bind-try')).toEqual([
      '/lib64 /lib64',
      '/etc/alternatives /etc/alternatives',
      '/etc/ld.so.cache /etc/ld.so.cache',
    ]);
    expect(pairs('--symlink')).toEqual(['usr/bin /bin']);
  });

  it('shares no namespace with the host and dies with it', () => {
    expect(args).toContain('--unshare-all');
    expect(args).toContain('--disable-userns');
    expect(args).toContain('--die-with-parent');
    expect(args).not.toContain('--share-net');
  });

  it('passes the command as one argument, never through a shell of the host', () => {
    expect(args.at(-1)).toBe('npm test; echo "$HOME"');
    expect(args[0]).toBe('choom');
  });

  it('puts the tool folders first on the path', () => {
    expect(pairs('--setenv')).toContain('PATH /opt/node/bin:/usr/local/bin:/usr/bin:/bin');
  });
});
