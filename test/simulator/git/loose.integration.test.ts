import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git, runGit } from '../../../src/simulator/git/command.ts';
import { createGitRepository } from '../../../src/simulator/git/repository.ts';
import type { GitRepository } from '../../../src/simulator/git/repository.ts';

const FILES = { 'a.txt': 'a', 'a/b.txt': 'b', a0: 'c', 'ü/é.txt': 'd', empty: '' };

let folder = '';
let repository: GitRepository;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'muster-git-'));
  repository = await createGitRepository(path.join(folder, 'hello.git'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function output(...args: string[]): Promise<string> {
  return (await git(repository.dir, args)).toString('utf8').trim();
}

/** What git itself takes the name for. */
async function commitByGit(name: string): Promise<string | null> {
  const { code, stdout } = await runGit(repository.dir, [
    'rev-parse',
    '--verify',
    '--quiet',
    `${name}^{commit}`,
  ]);
  return code === 0 ? stdout.toString('utf8').trim() : null;
}

describe('what is written as files', () => {
  it('is sound to git, in its order', async () => {
    await repository.seed(FILES, 'one', 'main');
    const checked = await runGit(repository.dir, ['fsck', '--strict', '--full']);
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    const names = await output('-c', 'core.quotePath=false', 'ls-tree', '-r', '--name-only', 'main');
    expect(names.split('\n')).toEqual(['a.txt', 'a/b.txt', 'a0', 'empty', 'ü/é.txt']);
    expect(await output('write-tree')).toBe(await repository.writeTree(null, []));
  });

  it('has the sha that git gives it', async () => {
    for (const content of ['', 'text\n', '\0\n', 'x'.repeat(100_000)]) {
      const sha = await repository.writeBlob(Buffer.from(content));
      const byGit = await git(repository.dir, ['hash-object', '--stdin'], content);
      expect(sha).toBe(byGit.toString('utf8').trim());
      expect(await output('cat-file', '-t', sha)).toBe('blob');
    }
  });

  it('is read the same once git has packed it', async () => {
    const one = await repository.seed(FILES, 'one', 'main');
    const two = await repository.seed({ 'a/b.txt': 'B' }, 'two', 'main');
    await output('pack-refs', '--all');
    await output('repack', '-a', '-d', '-q');
    const again = await createGitRepository(repository.dir);
    expect(await again.getRef('refs/heads/main')).toBe(two);
    expect(await again.resolveCommit('main')).toBe(two);
    expect((await again.readCommit(two))?.parents).toEqual([one]);
    const file = await again.readPath('main', 'a/b.txt');
    expect(Buffer.from((await again.readBlob(file?.sha ?? '')) ?? []).toString('utf8')).toBe('B');
    const three = await again.seed({ 'a/b.txt': 'C' }, 'three', 'main');
    expect(await again.getRef('refs/heads/main')).toBe(three);
    expect((await again.readCommit(three))?.parents).toEqual([two]);
  });
});

describe('a name', () => {
  it('stands for what git takes it for', async () => {
    const one = await repository.seed(FILES, 'one', 'main');
    const two = await repository.seed({ a: '2' }, 'two', 'other');
    await repository.setRef('refs/tags/other', one);
    await repository.setRef('refs/heads/topic/deep', two);
    await repository.setRef('refs/heads/HEAD', two);
    await repository.setRef('refs/heads/config', two);
    await repository.setRef('refs/tags/blob', await repository.writeBlob(Buffer.from('b')));
    await output('-c', 'user.name=a', '-c', 'user.email=a@b', 'tag', '-a', '-m', 'x', 'v1', two);
    const names = ['main', 'other', 'heads/other', 'tags/other', 'refs/heads/other', 'refs/other', 'topic'];
    names.push('topic/deep', 'HEAD', 'config', 'blob', 'v1', 'main~0', 'main^0', '@', one, one.slice(0, 7));
    names.push('objects', '../hello.git/main', 'refs/heads/../heads/main', 'refs/heads/main.lock', 'main/');
    names.push((await repository.readCommit(one))?.tree ?? '', 'd'.repeat(40), 'nothing');
    for (const name of names) {
      expect([name, await repository.resolveCommit(name)]).toEqual([name, await commitByGit(name)]);
    }
  });

  it('that is a tag object stands for it where the ref itself is asked for', async () => {
    const one = await repository.seed(FILES, 'one', 'main');
    await output('-c', 'user.name=a', '-c', 'user.email=a@b', 'tag', '-a', '-m', 'x', 'v1', one);
    const tag = await repository.getRef('refs/tags/v1');
    expect(tag).not.toBe(one);
    expect(await repository.typeOf(tag ?? '')).toBe('tag');
    expect(await repository.resolveCommit('refs/tags/v1')).toBe(one);
  });
});
