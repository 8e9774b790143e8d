import { afterEach, describe, expect, it } from 'vitest';
import type { Workspace } from '../../src/ports/workspace.ts';

/** Opens a workspace on a commit of these text files; null stands for a repository without commits. */
export type OpenWorkspace = (files: Record<string, string> | null) => Promise<Workspace>;

/** What every implementation of `Workspace` holds. */
export function workspaceContract(name: string, openWorkspace: OpenWorkspace): void {
  describe(`${name} as a Workspace`, () => {
    const opened: Workspace[] = [];

    afterEach(async () => {
      await Promise.all(opened.splice(0).map((workspace) => workspace.dispose()));
    });

    async function open(files: Record<string, string> | null): Promise<Workspace> {
      const workspace = await openWorkspace(files);
      opened.push(workspace);
      return workspace;
    }

    it('reads files of its commit, and null where there is none', async () => {
      const workspace = await open({ 'src/a.ts': 'one\r\ntwo\n' });
      expect(await workspace.readFile('src/a.ts')).toBe('one\r\ntwo\n');
      expect(await workspace.readFile('./src//a.ts')).toBe('one\r\ntwo\n');
      expect(await workspace.readFile('src/b.ts')).toBeNull();
      expect(await workspace.readFile('src')).toBeNull();
      expect(await workspace.readFile('src/a.ts/b')).toBeNull();
    });

    it.each(['../a', '/etc/passwd', 'a/../../b', '.git/config', 'sub/.GIT/config', '', '.', 'a\0b'])(
      'refuses the path %j in every operation',
      async (path) => {
        const workspace = await open({ a: '1' });
        const refusal = expect.objectContaining({ code: 'path_outside' });
        await expect(workspace.readFile(path)).rejects.toEqual(refusal);
        await expect(workspace.writeFile(path, 'x')).rejects.toEqual(refusal);
        await expect(workspace.deleteFile(path)).rejects.toEqual(refusal);
        const change = { path, mode: '100644', content: 'x', encoding: 'utf-8', origin: 'edit' } as const;
        await expect(workspace.apply([change])).rejects.toEqual(refusal);
        expect(await workspace.changes()).toEqual([]);
      },
    );

    it('has no changes at first, and none after an edit that is undone', async () => {
      const workspace = await open({ a: '1\n' });
      expect(await workspace.changes()).toEqual([]);
      await workspace.writeFile('a', '2\n');
      await workspace.writeFile('a', '1\n');
      expect(await workspace.changes()).toEqual([]);
    });

    it('lists what edits changed, sorted, with new, changed and deleted files', async () => {
      const workspace = await open({ a: '1\n', b: '1\n', 'c/d': '1\n' });
      await workspace.writeFile('new/z', 'z');
      await workspace.writeFile('b', '2\n');
      await workspace.deleteFile('a');
      const edit = { mode: '100644', encoding: 'utf-8', origin: 'edit' };
      expect(await workspace.changes()).toEqual([
        { path: 'a', content: null, ...edit },
        { path: 'b', content: '2\n', ...edit },
        { path: 'new/z', content: 'z', ...edit },
      ]);
    });

    it('tells how given paths stand, changed or not', async () => {
      const workspace = await open({ a: '1\n' });
      const states = await workspace.changes(['a', 'nowhere']);
      expect(states.map(({ path, content }) => ({ path, content }))).toEqual([
        { path: 'a', content: '1\n' },
        { path: 'nowhere', content: null },
      ]);
    });

    it('puts recorded changes in place in another checkout, origins included', async () => {
      const files = { a: '1\n', b: '1\n', 'folder/x': '1\n' };
      const first = await open(files);
      await first.writeFile('a', '2\n');
      await first.deleteFile('b');
      await first.deleteFile('folder/x');
      await first.writeFile('folder', 'now a file');
      const changes = await first.changes();
      const second = await open(files);
      await second.apply(changes);
      await second.apply(changes);
      expect(await second.changes()).toEqual(changes);
    });

    it('lists files sorted, by globs that models write', async () => {
      const workspace = await open({ 'b.ts': '', 'src/a.ts': '', 'src/deep/c.tsx': '', 'src/d.md': '' });
      await workspace.writeFile('new.ts', '');
      await workspace.deleteFile('b.ts');
      expect(await workspace.listFiles()).toEqual(['new.ts', 'src/a.ts', 'src/d.md', 'src/deep/c.tsx']);
      expect(await workspace.listFiles('*.ts')).toEqual(['new.ts', 'src/a.ts']);
      expect(await workspace.listFiles('src/*.ts')).toEqual(['src/a.ts']);
      expect(await workspace.listFiles('**/*.{ts,tsx}')).toEqual(['new.ts', 'src/a.ts', 'src/deep/c.tsx']);
      expect(await workspace.listFiles('src')).toEqual(['src/a.ts', 'src/d.md', 'src/deep/c.tsx']);
      expect(await workspace.listFiles('deep/')).toEqual(['src/deep/c.tsx']);
      expect(await workspace.listFiles('./src/deep/**')).toEqual(['src/deep/c.tsx']);
      expect(await workspace.listFiles('none*')).toEqual([]);
      await expect(workspace.listFiles('../*')).rejects.toThrow(
        expect.objectContaining({ code: 'path_outside' }),
      );
    });

    it('searches by extended regular expression, by path and line, up to a limit', async () => {
      const workspace = await open({ 'b.ts': 'x\nfoo(1)\n', 'a.ts': 'foo(2)\nfoo(3)\n', 'c.md': 'foo(4)\n' });
      await workspace.writeFile('a.new.ts', 'foo(5)');
      const found = async (glob?: string, limit = 10) =>
        (await workspace.search('foo\\([0-9]+\\)', glob, limit)).map(
          (hit) => `${hit.path}:${hit.line}:${hit.text}`,
        );
      expect(await found('*.ts')).toEqual([
        'a.new.ts:1:foo(5)',
        'a.ts:1:foo(2)',
        'a.ts:2:foo(3)',
        'b.ts:2:foo(1)',
      ]);
      expect(await found(undefined, 2)).toEqual(['a.new.ts:1:foo(5)', 'a.ts:1:foo(2)']);
      expect(await workspace.search('absent', undefined, 10)).toEqual([]);
      expect(await workspace.search('-e', undefined, 10)).toEqual([]);
    });

    it.each(['(', 'a{2,1}', '', 'a\0b'])('says that the pattern %j is bad', async (pattern) => {
      const workspace = await open({ a: '1' });
      await expect(workspace.search(pattern, undefined, 10)).rejects.toThrow(
        expect.objectContaining({ code: 'bad_pattern' }),
      );
    });

    it('works in a repository without commits', async () => {
      const workspace = await open(null);
      expect(workspace.baseSha).toBeNull();
      expect(await workspace.listFiles()).toEqual([]);
      await workspace.writeFile('README.md', '# New\n');
      expect(await workspace.listFiles()).toEqual(['README.md']);
      expect((await workspace.changes()).map((change) => change.path)).toEqual(['README.md']);
      expect(await workspace.search('New', undefined, 10)).toEqual([
        { path: 'README.md', line: 1, text: '# New' },
      ]);
    });
  });
}
