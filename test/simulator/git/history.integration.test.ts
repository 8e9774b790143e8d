import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { git, runGit } from '../../../src/simulator/git/command.ts';
import { createGitRepository } from '../../../src/simulator/git/repository.ts';
import type { GitRepository } from '../../../src/simulator/git/repository.ts';

const author = { name: 'Grace Hopper', email: 'grace@example.com', date: '2026-02-03T04:05:06Z' };

let folder = '';
let repository: GitRepository;
let tree = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'muster-git-'));
  repository = await createGitRepository(path.join(folder, 'hello.git'));
  tree = await repository.writeTree(null, []);
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

async function commit(message: string, ...parents: string[]): Promise<string> {
  return repository.writeCommit({ message, tree, parents, author });
}

/** What git says of the two, with one merge base where there are several. */
async function byGit(base: string, head: string, ours: string | null) {
  const bases = (await runGit(repository.dir, ['merge-base', '--all', base, head])).stdout.toString('utf8');
  const counts = await git(repository.dir, ['rev-list', '--left-right', '--count', `${base}...${head}`]);
  const [behind, ahead] = counts.toString('utf8').trim().split('\t').map(Number);
  const found = bases.split('\n').filter((sha) => sha !== '');
  const mergeBase = found.find((sha) => sha === ours) ?? found[0] ?? null;
  const { code } = await runGit(repository.dir, ['merge-base', '--is-ancestor', base, head]);
  return { mergeBase, ahead, behind, isAncestor: code === 0 };
}

async function byUs(base: string, head: string) {
  const { mergeBase, ahead, behind } = await repository.compare(base, head);
  return { mergeBase, ahead, behind, isAncestor: await repository.isAncestor(base, head) };
}

it('is what git says of commits in line, apart, merged, merged crosswise and unrelated', async () => {
  const root = await commit('root');
  const left = await commit('left', root);
  const right = await commit('right', root);
  const merged = await commit('merged', left, right);
  const crossed = await commit('crossed', right, left);
  const on = await commit('on', crossed);
  const alone = await commit('alone');
  const pairs = [
    [root, root],
    [root, on],
    [on, root],
    [left, right],
    [left, merged],
    [merged, on],
    [alone, on],
  ];
  for (const [base = '', head = ''] of pairs) {
    const ours = await byUs(base, head);
    expect(ours).toEqual(await byGit(base, head, ours.mergeBase));
  }
});

it('is what git says where it is long', async () => {
  const root = await commit('root');
  let head = root;
  for (let count = 0; count < 120; count += 1) head = await commit(`${count}`, head);
  const side = await commit('side', root);
  expect(await byUs(root, head)).toEqual(await byGit(root, head, root));
  expect(await byUs(head, side)).toEqual(await byGit(head, side, root));
});

it('holds no commit that is missing', async () => {
  const root = await commit('root');
  expect(await repository.isAncestor('d'.repeat(40), root)).toBe(false);
  expect(await repository.isAncestor(root, 'd'.repeat(40))).toBe(false);
});
