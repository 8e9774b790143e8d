import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGitRepository } from '../../../src/simulator/git/repository.ts';
import type { GitRepository } from '../../../src/simulator/git/repository.ts';

const author = { name: 'Grace Hopper', email: 'grace@example.com', date: '2026-02-03T04:05:06Z' };
const UNKNOWN = 'd'.repeat(40);

let folder = '';
let repository: GitRepository;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'muster-git-'));
  repository = await createGitRepository(path.join(folder, 'hello.git'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const blob = (text: string): Promise<string> => repository.writeBlob(Buffer.from(text));

async function commit(tree: string, ...parents: string[]): Promise<string> {
  return await repository.writeCommit({ message: 'change', tree, parents, author });
}

describe('trees', () => {
  const odd = [
    'with space/and "quotes".txt',
    'ünïcode/日本.txt',
    "it's\ttabbed",
    '-dash',
    'a\nb',
    ':(glob)*',
  ];

  it.each(odd)('keeps the file name %j', async (name) => {
    const sha = await blob('content');
    const tree = await repository.writeTree(null, [{ path: name, mode: '100644', type: 'blob', sha }]);
    const head = await commit(tree);
    const files = (await repository.readTree(tree, true)).filter((item) => item.type === 'blob');
    expect(files).toEqual([{ path: name, mode: '100644', type: 'blob', sha, size: 7 }]);
    expect(await repository.readPath(head, name)).toEqual({ type: 'blob', sha, mode: '100644' });
    const before = await commit(await repository.writeTree(null, []));
    const after = await commit(tree, before);
    expect((await repository.compare(before, after)).files.map((file) => file.path)).toEqual([name]);
  });

  it('keeps executables and links', async () => {
    const sha = await blob('run');
    const tree = await repository.writeTree(null, [
      { path: 'bin/run', mode: '100755', type: 'blob', sha },
      { path: 'link', mode: '120000', type: 'blob', sha },
    ]);
    const modes = (await repository.readTree(tree, true)).map((item) => [item.path, item.mode]);
    expect(modes).toEqual([
      ['bin', '040000'],
      ['bin/run', '100755'],
      ['link', '120000'],
    ]);
  });

  it('changes a base commit or tree in place, and drops folders that become empty', async () => {
    const base = await repository.seed({ 'a/b/c': '1', 'a/d': '2', 'e/f': '3' }, 'one', 'main');
    const tree = await repository.writeTree(base, [
      { path: 'e/f', mode: '100644', type: 'blob', sha: null },
      { path: 'a/b/new', mode: '100644', type: 'blob', sha: await blob('4') },
      { path: 'a/d', mode: '100755', type: 'blob', sha: await blob('2') },
    ]);
    const items = await repository.readTree(tree, true);
    expect(items.map((item) => `${item.mode} ${item.path}`)).toEqual([
      '040000 a',
      '040000 a/b',
      '100644 a/b/c',
      '100644 a/b/new',
      '100755 a/d',
    ]);
    const same = await repository.writeTree(tree, [{ path: 'a', mode: '040000', type: 'tree', sha: null }]);
    expect(await repository.readTree(same, false)).toEqual([]);
  });

  it('puts a file where a folder was, a folder where a file was, and a whole tree', async () => {
    const base = await repository.seed({ 'a/b': '1', c: '2' }, 'one', 'main');
    const sha = await blob('new');
    const graft = (await repository.readPath(base, 'a'))?.sha ?? '';
    const tree = await repository.writeTree(base, [
      { path: 'a', mode: '100644', type: 'blob', sha },
      { path: 'c/d', mode: '100644', type: 'blob', sha },
      { path: 'graft', mode: '040000', type: 'tree', sha: graft },
      { path: 'graft/x', mode: '100644', type: 'blob', sha },
    ]);
    const files = (await repository.readTree(tree, true)).filter((item) => item.type === 'blob');
    expect(files.map((item) => item.path)).toEqual(['a', 'c/d', 'graft/b', 'graft/x']);
  });

  it.each(['', '/a', 'a/', 'a//b', '../a', 'a/../b', './a', '.git/config', 'a/.GIT/hooks', 'a\0b'])(
    'refuses the path %j',
    async (name) => {
      const change = { path: name, mode: '100644', type: 'blob' as const, sha: await blob('x') };
      await expect(repository.writeTree(null, [change])).rejects.toMatchObject({ code: 'git_invalid' });
    },
  );

  it('refuses to delete what is not there, unknown objects and wrong modes', async () => {
    const base = await repository.seed({ a: '1' }, 'one', 'main');
    const change = { path: 'b', mode: '100644', type: 'blob' as const };
    const sha = await blob('x');
    for (const bad of [{ sha: null }, { sha: UNKNOWN }, { sha, mode: '040000' }, { sha, mode: '100666' }]) {
      await expect(repository.writeTree(base, [{ ...change, ...bad }])).rejects.toMatchObject({
        code: 'git_invalid',
      });
    }
  });

  it('finds folders, the root and nothing by path', async () => {
    const base = await repository.seed({ 'a/b': '1' }, 'one', 'main');
    expect(await repository.readPath('main', 'a/')).toMatchObject({ type: 'tree', mode: '040000' });
    expect(await repository.readPath('refs/heads/main', '')).toMatchObject({ type: 'tree' });
    expect(await repository.readPath(base, 'a/b/c')).toBeNull();
    expect(await repository.readPath(base, '../a')).toBeNull();
    expect(await repository.readPath('--help', 'a')).toBeNull();
  });
});
