import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Workspace } from '../../../src/ports/workspace.ts';
import { workbench } from './workbench.ts';

const bench = await workbench();
const { signal } = new AbortController();

afterAll(() => bench[Symbol.dispose]());

describe.skipIf(bench.sandbox === null)(
  'commands in a git workspace (skipped where bubblewrap cannot start)',
  () => {
    const timeoutMs = 10_000;

    async function run(workspace: Workspace, command: string): Promise<string> {
      const result = await workspace.runCommand?.(command, { timeoutMs, signal });
      return result?.output ?? 'no sandbox';
    }

    it('see the tree without a git repository, and their changes are told apart from edits', async () => {
      await bench.use({ a: '1\n', b: '1\n', c: '1\n' }, async (workspace) => {
        await workspace.writeFile('a', '2\n');
        await workspace.writeFile('b', '2\n');
        expect(
          await run(
            workspace,
            'ls -A; git status 2>&1 | head -c 27; echo 3 > b; echo 3 > c; rm a; echo 2 > a',
          ),
        ).toBe('a\nb\nc\nfatal: not a git repository');
        const changes = await workspace.changes();
        expect(changes.map((change) => `${change.path} ${change.origin}`)).toEqual([
          'a edit',
          'b command',
          'c command',
        ]);
        await workspace.writeFile('c', '4\n');
        expect((await workspace.changes(['c']))[0]?.origin).toBe('edit');
      });
    });

    it('can change what the host wrote, and the host what they wrote', async () => {
      await bench.use({ 'src/a': '1\n' }, async (workspace) => {
        await workspace.writeFile('src/new/b', '1\n');
        expect(
          await run(
            workspace,
            'echo 2 > src/a && echo 2 > src/new/b && mkdir made && echo 2 > made/c && echo ok',
          ),
        ).toBe('ok\n');
        await workspace.writeFile('made/c', '3\n');
        expect(await run(workspace, 'echo 4 > made/d; cat made/c')).toBe('3\n');
        expect((await workspace.changes()).map((change) => change.path)).toEqual([
          'made/c',
          'made/d',
          'src/a',
          'src/new/b',
        ]);
      });
    });

    it('plant repositories and links that the host does not fall for', async () => {
      await bench.use({ a: '1\n', 'd/e': '1\n' }, async (workspace) => {
        await run(
          workspace,
          'git init -q .; git init -q n; touch n/x; rm -r d; ln -s /etc d; ln -s /etc/passwd p',
        );
        expect(await workspace.search('root:', undefined, 5)).toEqual([]);
        await expect(workspace.readFile('p')).rejects.toThrow(
          expect.objectContaining({ code: 'path_outside' }),
        );
        await expect(workspace.readFile('d/passwd')).rejects.toThrow(
          expect.objectContaining({ code: 'path_outside' }),
        );
        expect((await workspace.changes()).map((change) => change.path)).toEqual(['d', 'd/e', 'p']);
      });
    });

    it('leave folders behind that nobody can enter, and are cleaned up nevertheless', async () => {
      const workspace = await bench.open({ a: '1' });
      await run(workspace, 'mkdir -p locked/in && touch locked/in/x && chmod 000 locked');
      await workspace.dispose();
      expect(readdirSync(bench.rootDir)).toEqual([]);
    });

    it('run one at a time with everything else', async () => {
      await bench.use({ a: '1\n' }, async (workspace) => {
        const running = run(workspace, 'rm a; ln -s /etc/passwd a; sleep 0.3; rm a; echo 2 > a');
        expect(await workspace.readFile('a')).toBe('2\n');
        await running;
      });
    });
  },
);
