import { expect, it } from 'vitest';
import { commitFile, type GitHubSubject, headOf } from './github-subject.ts';

/** Git's objects and refs. */
export function gitDataContract(current: () => GitHubSubject): void {
  it('builds commits that GitHub signs, and puts them on a ref of their own', async () => {
    const { github } = current();
    const parent = await headOf(github);
    const sha = await commitFile(github, 'docs/a.md', 'changed\n');
    expect(await github.getCommit(sha)).toMatchObject({ sha, message: 'Change docs/a.md', isVerified: true });
    await github.createRef('refs/muster/r_abcdefghijkl', sha);
    expect(await github.getRef('refs/muster/r_abcdefghijkl')).toBe(sha);
    expect(await github.readFile('docs/a.md', sha)).toBe('changed\n');
    expect(await headOf(github)).toBe(parent);
  });

  it('keeps modes and bytes, and removes paths', async () => {
    const { github } = current();
    const base = await github.getCommit(await headOf(github));
    const bytes = await github.createBlob(Buffer.from([0, 255, 10]).toString('base64'), 'base64');
    const tree = await github.createTree(base?.treeSha ?? null, [
      { path: 'run.sh', mode: '100755', blobSha: await github.createBlob('#!/bin/sh\n', 'utf-8') },
      { path: 'bytes', mode: '100644', blobSha: bytes },
      { path: 'docs/a.md', mode: '100644', blobSha: null },
    ]);
    const sha = await github.createCommit('Change files', tree, [base?.sha ?? '']);
    expect(await github.readFile('run.sh', sha)).toBe('#!/bin/sh\n');
    expect(await github.readFile('docs/a.md', sha)).toBeNull();
    expect(await github.readFile('README.md', sha)).toBe('# Seed\n');
  });

  it('begins a history of one file, apart from every branch', async () => {
    const { github } = current();
    const text = 'Ein langer Text: 修复 💥\n\n```\n'.repeat(3000);
    const blobSha = await github.createBlob(text, 'utf-8');
    const tree = await github.createTree(null, [{ path: 'p1.md', mode: '100644', blobSha }]);
    const sha = await github.createCommit('Keep a text', tree, []);
    await github.createRef('refs/muster/r_abcdefghijkl-p1', sha);
    expect(await github.getRef('refs/muster/r_abcdefghijkl-p1')).toBe(sha);
    expect(await github.getRef('refs/muster/r_abcdefghijkl')).toBeNull();
    expect(await github.listFolder('', sha)).toEqual(['p1.md']);
    expect(await github.readFile('p1.md', sha)).toBe(text);
    expect(await github.getCommit(sha)).toMatchObject({ treeSha: tree, isVerified: true });
  });

  it('makes a ref once', async () => {
    const { github } = current();
    const sha = await headOf(github);
    await github.createRef('refs/heads/muster/x/1-a', sha);
    await expect(github.createRef('refs/heads/muster/x/1-a', sha)).rejects.toMatchObject({
      code: 'github_invalid',
      message: expect.stringMatching(/already exists/i),
    });
  });

  it('moves a ref forward, elsewhere by force only, and deletes it', async () => {
    const { github } = current();
    const base = await headOf(github);
    const [left, right] = [await commitFile(github, 'l', 'l'), await commitFile(github, 'r', 'r')];
    await github.createRef('refs/heads/work', base);
    await github.updateRef('refs/heads/work', left, false);
    await expect(github.updateRef('refs/heads/work', right, false)).rejects.toMatchObject({
      code: 'github_invalid',
    });
    await github.updateRef('refs/heads/work', right, true);
    expect(await github.getRef('refs/heads/work')).toBe(right);
    await github.deleteRef('refs/heads/work');
    expect(await github.getRef('refs/heads/work')).toBeNull();
  });

  it('replaces what a ref points at only while it points there', async () => {
    const { github } = current();
    const [left, right] = [await commitFile(github, 'l', 'l'), await commitFile(github, 'r', 'r')];
    const ref = 'refs/heads/replaced';
    await github.createRef(ref, left);
    await github.replaceRef(ref, left, right);
    expect(await github.getRef(ref)).toBe(right);
    await expect(github.replaceRef(ref, left, await headOf(github))).rejects.toMatchObject({
      code: 'github_invalid',
    });
    expect(await github.getRef(ref)).toBe(right);
  });

  it('knows no ref by a part of its name, and no commit by a made-up one', async () => {
    const { github } = current();
    expect(await github.getRef('refs/heads/mai')).toBeNull();
    expect(await github.getCommit('0'.repeat(40))).toBeNull();
  });
}
