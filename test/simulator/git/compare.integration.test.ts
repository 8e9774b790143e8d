import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGitRepository } from '../../../src/simulator/git/repository.ts';
import type { GitRepository } from '../../../src/simulator/git/repository.ts';

const author = { name: 'Grace Hopper', email: 'grace@example.com', date: '2026-02-03T04:05:06Z' };

type Files = Record<string, string | Uint8Array | null | { mode: string; text: string }>;

let folder = '';
let repository: GitRepository;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'muster-git-'));
  repository = await createGitRepository(path.join(folder, 'hello.git'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Commits on top of a parent; null deletes. */
async function commit(files: Files, ...parents: string[]): Promise<string> {
  const changes = [];
  for (const [name, content] of Object.entries(files)) {
    const isPlain = content === null || typeof content === 'string' || content instanceof Uint8Array;
    const text = isPlain ? content : content.text;
    const sha = text === null ? null : await repository.writeBlob(Buffer.from(text));
    changes.push({ path: name, mode: isPlain ? '100644' : content.mode, type: 'blob' as const, sha });
  }
  const tree = await repository.writeTree(parents[0] ?? null, changes);
  return await repository.writeCommit({ message: 'change', tree, parents, author });
}

const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

describe('compare', () => {
  it('compares from where the head left the base, and counts both sides', async () => {
    const root = await commit({ 'a.txt': lines(12), 'gone.txt': 'old\n' });
    const base = await commit({ 'only-base.txt': 'x\n' }, root);
    const one = await commit({ 'a.txt': lines(12).replace('line 6', 'LINE 6') }, root);
    const head = await commit({ 'gone.txt': null, 'new.txt': 'a\nb' }, one);
    const result = await repository.compare(base, head);
    expect(result).toMatchObject({ mergeBase: root, ahead: 2, behind: 1 });
    expect(result.files.map(({ sha: _sha, ...file }) => file)).toEqual([
      {
        path: 'a.txt',
        previousPath: null,
        status: 'modified',
        additions: 1,
        deletions: 1,
        patch:
          '@@ -3,7 +3,7 @@ line 2\n line 3\n line 4\n line 5\n-line 6\n+LINE 6\n line 7\n line 8\n line 9',
      },
      {
        path: 'gone.txt',
        previousPath: null,
        status: 'removed',
        additions: 0,
        deletions: 1,
        patch: '@@ -1 +0,0 @@\n-old',
      },
      {
        path: 'new.txt',
        previousPath: null,
        status: 'added',
        additions: 2,
        deletions: 0,
        patch: '@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file',
      },
    ]);
    expect(result.files[0]?.sha).toBe((await repository.readPath(head, 'a.txt'))?.sha);
    expect(result.files[1]?.sha).toBe((await repository.readPath(root, 'gone.txt'))?.sha);
  });

  it('takes branch names', async () => {
    await repository.setRef('refs/heads/main', await commit({ a: '1' }));
    expect(await repository.compare('main', 'refs/heads/main')).toMatchObject({ ahead: 0, files: [] });
  });

  it('follows renames, with and without a change', async () => {
    const root = await commit({ 'one.txt': lines(20), 'two.txt': lines(30).toUpperCase() });
    const head = await commit(
      {
        'one.txt': null,
        'two.txt': null,
        'dir/one two.txt': lines(20),
        'third.txt': `${lines(30).toUpperCase()}more\n`,
      },
      root,
    );
    const { files } = await repository.compare(root, head);
    expect(files).toMatchObject([
      { path: 'dir/one two.txt', previousPath: 'one.txt', status: 'renamed', additions: 0, patch: null },
      { path: 'third.txt', previousPath: 'two.txt', status: 'renamed', additions: 1, deletions: 0 },
    ]);
    expect(files[1]?.patch).toContain('+more');
  });

  it('has no patch for binary files and for a change of mode', async () => {
    const root = await commit({ 'image.png': Buffer.from([0, 1, 2, 255]), run: 'x\n' });
    const head = await commit(
      { 'image.png': Buffer.from([0, 1, 3, 255]), run: { mode: '100755', text: 'x\n' }, 'z.txt': 'z\n' },
      root,
    );
    expect((await repository.compare(root, head)).files).toMatchObject([
      { path: 'image.png', status: 'modified', additions: 0, deletions: 0, patch: null },
      { path: 'run', status: 'modified', additions: 0, deletions: 0, patch: null },
      { path: 'z.txt', status: 'added', patch: '@@ -0,0 +1 @@\n+z' },
    ]);
  });

  it('keeps patches with their files when one turns into a link', async () => {
    const root = await commit({ a: 'text\n', b: 'one\n' });
    const head = await commit({ a: { mode: '120000', text: 'b' }, b: 'two\n' }, root);
    const { files } = await repository.compare(root, head);
    expect(files.map((file) => [file.path, file.status])).toEqual([
      ['a', 'modified'],
      ['b', 'modified'],
    ]);
    expect(files[1]?.patch).toBe('@@ -1 +1 @@\n-one\n+two');
  });

  it.each(['\r', '\u2028', '\n', '\n@@ -1 +1 @@\n'])(
    'is not misled by a file that holds a diff after %j',
    async (separator) => {
      const root = await commit({ a: 'old\n', b: 'one\n' });
      const hostile = `x${separator}diff --git a/b b/b\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-x\n+y\n`;
      const head = await commit({ a: hostile, b: 'two\n' }, root);
      const { files } = await repository.compare(root, head);
      expect(files).toHaveLength(2);
      expect(files[0]?.patch?.split('\n').every((line) => /^[-+@ ]/.test(line))).toBe(true);
      expect(files[1]?.patch).toBe('@@ -1 +1 @@\n-one\n+two');
    },
  );

  it('says when histories share nothing', async () => {
    const left = await commit({ a: '1' });
    const right = await commit({ b: '1' });
    expect(await repository.compare(left, right)).toEqual({
      mergeBase: null,
      ahead: 1,
      behind: 1,
      files: [],
    });
  });

  it.each(['nowhere', 'e'.repeat(40), '--all', ''])('refuses %j, which is no commit', async (name) => {
    const sha = await commit({ a: '1' });
    await expect(repository.compare(sha, name)).rejects.toMatchObject({ code: 'git_not_found' });
  });
});

describe('merge', () => {
  it('merges what does not conflict, the same on any machine, and moves no ref', async () => {
    const root = await commit({ a: lines(20), b: '1\n' });
    const base = await commit({ a: lines(20).replace('line 2\n', 'base\n') }, root);
    const head = await commit({ a: lines(20).replace('line 18\n', 'head\n'), c: 'new\n' }, root);
    const merged = (await repository.merge(base, head, 'Merge', author)) ?? '';
    expect(await repository.readCommit(merged)).toMatchObject({ parents: [base, head], message: 'Merge' });
    const content = await repository.readBlob((await repository.readPath(merged, 'a'))?.sha ?? '');
    expect(String(content)).toContain('base\n');
    expect(String(content)).toContain('head\n');
    expect(await repository.merge(base, head, 'Merge', author)).toBe(merged);
    expect(await repository.listRefs('refs/')).toEqual([]);
  });

  it('gives null where both changed the same line, or one deleted what the other changed', async () => {
    const root = await commit({ a: 'one\n', b: 'one\n' });
    const base = await commit({ a: 'two\n' }, root);
    expect(await repository.merge(base, await commit({ a: 'three\n' }, root), 'Merge', author)).toBeNull();
    expect(await repository.merge(base, await commit({ a: null }, root), 'Merge', author)).toBeNull();
  });

  it('gives null where histories share nothing', async () => {
    const [left, right] = [await commit({ a: '1' }), await commit({ b: '1' })];
    expect(await repository.merge(left, right, 'Merge', author)).toBeNull();
  });

  it('knows ancestors', async () => {
    const root = await commit({ a: '1' });
    const head = await commit({ a: '2' }, root);
    expect(await repository.isAncestor(root, head)).toBe(true);
    expect(await repository.isAncestor(head, head)).toBe(true);
    expect(await repository.isAncestor(head, root)).toBe(false);
    expect(await repository.isAncestor('f'.repeat(40), root)).toBe(false);
  });
});
