import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const blob = (text: string): Promise<string> => repository.writeBlob(Buffer.from(text));

async function commit(tree: string, ...parents: string[]): Promise<string> {
  return await repository.writeCommit({ message: 'change', tree, parents, author });
}

describe('refs', () => {
  it('compares before it swaps', async () => {
    const one = await repository.seed({ a: '1' }, 'one', 'main');
    const two = await repository.seed({ a: '2' }, 'two', 'main');
    await expect(repository.setRef('refs/heads/main', one, one)).rejects.toMatchObject({
      code: 'git_conflict',
    });
    await expect(repository.setRef('refs/heads/main', one, null)).rejects.toMatchObject({
      code: 'git_conflict',
    });
    await repository.setRef('refs/heads/main', one, two);
    expect(await repository.getRef('refs/heads/main')).toBe(one);
  });

  it('lets exactly one of many racing writers win', async () => {
    const one = await repository.seed({ a: '1' }, 'one', 'main');
    const tree = (await repository.readCommit(one))?.tree ?? '';
    const next = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        repository.writeCommit({ message: `by ${index}`, tree, parents: [one], author }),
      ),
    );
    const results = await Promise.allSettled(
      next.map((sha) => repository.setRef('refs/heads/main', sha, one)),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(next).toContain(await repository.getRef('refs/heads/main'));
  });

  it('changes several refs all or nothing', async () => {
    const one = await repository.seed({ a: '1' }, 'one', 'main');
    const two = await repository.seed({ a: '2' }, 'two', 'other');
    const changes = [
      { ref: 'refs/heads/main', sha: two, expected: one },
      { ref: 'refs/heads/other', sha: null, expected: one },
    ];
    await expect(repository.changeRefs(changes)).rejects.toMatchObject({ code: 'git_conflict' });
    expect(await repository.listRefs('refs/heads/')).toEqual([
      { ref: 'refs/heads/main', sha: one },
      { ref: 'refs/heads/other', sha: two },
    ]);
  });

  it('lists by the beginning of a name, as GitHub matches refs', async () => {
    const sha = await repository.seed({ a: '1' }, 'one', 'feature-a');
    await repository.setRef('refs/heads/feature/b', sha);
    await repository.setRef('refs/heads/main', sha);
    const found = await repository.listRefs('refs/heads/feature');
    expect(found.map((entry) => entry.ref)).toEqual(['refs/heads/feature-a', 'refs/heads/feature/b']);
  });

  it('deletes what is there and refuses what is not', async () => {
    await repository.seed({ a: '1' }, 'one', 'main');
    await repository.deleteRef('refs/heads/main');
    expect(await repository.getRef('refs/heads/main')).toBeNull();
    await expect(repository.deleteRef('refs/heads/main')).rejects.toMatchObject({ code: 'git_not_found' });
  });

  it.each([
    'main',
    'HEAD',
    'refs/heads/a..b',
    'refs/heads/a b',
    'refs/heads/',
    'refs/heads/a\ndelete refs/x',
  ])('refuses %j as the name of a ref', async (name) => {
    const sha = await repository.seed({ a: '1' }, 'one', 'main');
    await expect(repository.setRef(name, sha)).rejects.toMatchObject({ code: 'git_invalid' });
  });

  it('refuses a branch that points at nothing or at a blob', async () => {
    await expect(repository.setRef('refs/heads/main', UNKNOWN)).rejects.toMatchObject({
      code: 'git_invalid',
    });
    const sha = await blob('text');
    await expect(repository.setRef('refs/heads/main', sha)).rejects.toMatchObject({ code: 'git_invalid' });
  });
});

describe('objects', () => {
  it('keeps bytes that are not text', async () => {
    const bytes = Buffer.from([0, 255, 254, 10, 13, 0]);
    expect(await repository.readBlob(await repository.writeBlob(bytes))).toEqual(bytes);
  });

  it.each([UNKNOWN, 'main', '--help', '', 'HEAD:a'])('finds no object by %j', async (name) => {
    await repository.seed({ a: '1' }, 'one', 'main');
    expect(await repository.readBlob(name)).toBeNull();
    expect(await repository.readCommit(name)).toBeNull();
    await expect(repository.readTree(name, false)).rejects.toMatchObject({ code: 'git_not_found' });
  });

  it('makes the same commit of the same input anywhere', async () => {
    const tree = await repository.writeTree(null, [
      { path: 'a.txt', mode: '100644', type: 'blob', sha: await blob('one\n') },
    ]);
    const sha = await commit(tree);
    expect(sha).toBe('9331a860bc0cd6a23d90e5afb1581fc22c6d4ab4');
    expect(await repository.readCommit(sha)).toEqual({ sha, tree, parents: [], message: 'change', author });
  });

  it('keeps a message byte for byte and a date with an offset as UTC', async () => {
    const tree = await repository.writeTree(null, []);
    const message = 'Title\n\n- a list\n\n#123 stays\n\n';
    const local = { ...author, date: '2026-02-03T06:05:06+02:00' };
    const sha = await repository.writeCommit({ message, tree, parents: [], author: local });
    expect(await repository.readCommit(sha)).toMatchObject({ message, author: { date: author.date } });
  });

  it('lets no name forge a header', async () => {
    const tree = await repository.writeTree(null, []);
    const name = `Eve <eve@x> 1 +0000\nparent ${UNKNOWN}`;
    const sha = await repository.writeCommit({
      message: 'm',
      tree,
      parents: [],
      author: { ...author, name },
    });
    expect(await repository.readCommit(sha)).toMatchObject({ parents: [], author: { email: author.email } });
  });

  it('refuses a commit of what does not exist', async () => {
    const tree = await repository.writeTree(null, []);
    await expect(commit(UNKNOWN)).rejects.toMatchObject({ code: 'git_invalid' });
    await expect(commit(tree, UNKNOWN)).rejects.toMatchObject({ code: 'git_invalid' });
    await expect(commit(tree, tree)).rejects.toMatchObject({ code: 'git_invalid' });
  });
});

describe('seed', () => {
  it('gives the same commits on any machine, one on top of the other', async () => {
    const other = await createGitRepository(path.join(folder, 'other.git'));
    for (const target of [repository, other]) await target.seed({ 'a.txt': 'one\n' }, 'first', 'main');
    const head = await repository.seed({ 'b.txt': 'two\n' }, 'second', 'main');
    expect(await other.seed({ 'b.txt': 'two\n' }, 'second', 'main')).toBe(head);
    expect((await repository.readTree(head, false)).map((item) => item.path)).toEqual(['a.txt', 'b.txt']);
  });

  it('is not disturbed by the host: neither its configuration nor a surrounding repository', async () => {
    const expected = await repository.seed({ 'a.txt': 'one\r\n' }, 'first', 'main');
    const config = path.join(folder, 'hostile');
    await writeFile(
      config,
      '[core]\n\tautocrlf = input\n[init]\n\tdefaultBranch = other\n[user]\n\tname = Eve\n',
    );
    vi.stubEnv('GIT_CONFIG_GLOBAL', config);
    vi.stubEnv('GIT_DIR', folder);
    vi.stubEnv('GIT_OBJECT_DIRECTORY', folder);
    vi.stubEnv('GIT_AUTHOR_NAME', 'Eve');
    const other = await createGitRepository(path.join(folder, 'other.git'));
    expect(await other.seed({ 'a.txt': 'one\r\n' }, 'first', 'main')).toBe(expected);
    expect(await other.resolveCommit('HEAD')).toBe(expected);
  });

  it('opens a repository that is there already', async () => {
    const sha = await repository.seed({ a: '1' }, 'one', 'main');
    const again = await createGitRepository(repository.dir);
    expect(await again.getRef('refs/heads/main')).toBe(sha);
  });
});
