import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveGit } from '../../../src/simulator/git/http.ts';
import { createGitRepository } from '../../../src/simulator/git/repository.ts';
import type { GitRepository } from '../../../src/simulator/git/repository.ts';

const execute = promisify(execFile);

let folder = '';
let repository: GitRepository;
let server: Server;
let url = '';
let canPush = false;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'muster-git-http-'));
  repository = await createGitRepository(path.join(folder, 'hello.git'));
  canPush = false;
  server = createServer((req, res) => {
    const pathInfo = decodeURIComponent((req.url ?? '').split('?')[0] ?? '').replace('/ada/hello.git', '');
    serveGit(req, res, { dir: repository.dir, pathInfo, user: 'ada', canPush });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/ada/hello.git`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

async function git(args: string[], cwd = folder): Promise<string> {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  return (await execute('git', [...identity, ...args], { cwd, env })).stdout.trim();
}

async function cloneWithCommit(): Promise<string> {
  await git(['clone', '--quiet', url, 'work']);
  const work = path.join(folder, 'work');
  await writeFile(path.join(work, 'new.txt'), 'new\n');
  await git(['add', '.'], work);
  await git(['commit', '--quiet', '-m', 'add new'], work);
  return work;
}

describe('serveGit', () => {
  it('clones the default branch', async () => {
    const sha = await repository.seed({ 'src/a.txt': 'hello\n' }, 'first', 'trunk');
    await git(['clone', '--quiet', url, 'work']);
    expect(await git(['rev-parse', 'HEAD'], path.join(folder, 'work'))).toBe(sha);
    expect(await readFile(path.join(folder, 'work/src/a.txt'), 'utf8')).toBe('hello\n');
  });

  it('clones an empty repository', async () => {
    await git(['clone', '--quiet', url, 'work']);
    expect(await git(['rev-parse', '--is-inside-work-tree'], path.join(folder, 'work'))).toBe('true');
  });

  it('streams a file that is larger than any buffer', async () => {
    const large = Buffer.alloc(6_000_000, 1);
    for (let index = 0; index < large.length; index += 1) large[index] = (index * index * 31) >> 7;
    const blob = await repository.writeBlob(large);
    const tree = await repository.writeTree(null, [{ path: 'big', mode: '100644', type: 'blob', sha: blob }]);
    const author = { name: 'Ada', email: 'ada@example.com', date: '2026-01-01T00:00:00Z' };
    const commit = await repository.writeCommit({ message: 'big', tree, parents: [], author });
    await repository.setRef('refs/heads/main', commit, null);
    await git(['clone', '--quiet', url, 'work']);
    expect(large.equals(await readFile(path.join(folder, 'work/big')))).toBe(true);
  });

  it('fetches one commit by its sha, shallow, even where only refs/muster names it', async () => {
    const base = await repository.seed({ 'a.txt': 'one\n' }, 'first', 'main');
    const waiting = await repository.seed({ 'a.txt': 'two\n' }, 'second', 'draft');
    await repository.setRef('refs/muster/r_aaaaaaaaaaaa', waiting, null);
    await repository.deleteRef('refs/heads/draft');
    await git(['init', '--quiet', 'work']);
    const work = path.join(folder, 'work');
    await git(['fetch', '--quiet', '--depth=1', url, waiting], work);
    expect(await git(['rev-parse', 'FETCH_HEAD'], work)).toBe(waiting);
    expect(await git(['rev-list', '--count', 'FETCH_HEAD'], work)).toBe('1');
    await git(['fetch', '--quiet', '--depth=1', url, 'refs/muster/r_aaaaaaaaaaaa'], work);
    await git(['fetch', '--quiet', '--depth=1', url, base], work);
    expect(await git(['rev-parse', 'FETCH_HEAD'], work)).toBe(base);
  });

  it('fetches a commit that no ref reaches', async () => {
    const first = await repository.seed({ 'a.txt': 'one\n' }, 'first', 'main');
    const dropped = await repository.seed({ 'a.txt': 'two\n' }, 'second', 'main');
    await repository.setRef('refs/heads/main', first, dropped);
    await git(['init', '--quiet', 'work']);
    await git(['fetch', '--quiet', url, dropped], path.join(folder, 'work'));
    expect(await git(['rev-parse', 'FETCH_HEAD'], path.join(folder, 'work'))).toBe(dropped);
  });

  it('clones without blobs', async () => {
    await repository.seed({ 'a.txt': 'one\n' }, 'first', 'main');
    await git(['clone', '--quiet', '--bare', '--filter=blob:none', url, 'bare']);
    const missing = await git(
      ['rev-list', '--objects', '--all', '--missing=print'],
      path.join(folder, 'bare'),
    );
    expect(missing).toContain('?');
  });

  it('refuses a push without canPush, and leaves the refs alone', async () => {
    const sha = await repository.seed({ 'a.txt': 'one\n' }, 'first', 'main');
    const work = await cloneWithCommit();
    await expect(git(['push', '--quiet', 'origin', 'HEAD:main'], work)).rejects.toThrow('403');
    expect(await repository.getRef('refs/heads/main')).toBe(sha);
  });

  it('answers a refused push whose body it never read', async () => {
    const response = await fetch(`${url}/git-receive-pack`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-git-receive-pack-request' },
      body: Buffer.alloc(8_000_000),
    });
    expect(response.status).toBe(403);
  });

  it('takes a push with canPush', async () => {
    await repository.seed({ 'a.txt': 'one\n' }, 'first', 'main');
    const work = await cloneWithCommit();
    canPush = true;
    await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/topic'], work);
    expect(await repository.getRef('refs/heads/topic')).toBe(await git(['rev-parse', 'HEAD'], work));
  });

  it('takes a push in chunks and compressed', async () => {
    await repository.seed({ 'a.txt': 'one\n' }, 'first', 'main');
    const work = await cloneWithCommit();
    await writeFile(path.join(work, 'many.txt'), 'line\n'.repeat(100_000));
    await git(['add', '.'], work);
    await git(['commit', '--quiet', '-m', 'many'], work);
    canPush = true;
    await git(['-c', 'http.postBuffer=1024', 'push', '--quiet', 'origin', 'HEAD:refs/heads/topic'], work);
    expect(await repository.getRef('refs/heads/topic')).toBe(await git(['rev-parse', 'HEAD'], work));
  });

  it('speaks protocol version 2 and reads gzipped requests', async () => {
    const sha = await repository.seed({ 'a.txt': 'one\n' }, 'first', 'main');
    const headers = { 'git-protocol': 'version=2' };
    const advertised = await fetch(`${url}/info/refs?service=git-upload-pack`, { headers });
    expect(await advertised.text()).toContain('version 2');
    const listed = await fetch(`${url}/git-upload-pack`, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/x-git-upload-pack-request',
        'content-encoding': 'gzip',
      },
      body: gzipSync('0014command=ls-refs\n0000'),
    });
    expect(await listed.text()).toContain(`${sha} refs/heads/main`);
  });

  it('answers 404 for what is no git request', async () => {
    expect((await fetch(`${url}/nothing/here`)).status).toBe(404);
  });

  it.each(['/../../../../etc/passwd', '/info/refs/../../../other.git/HEAD', '/config'])(
    'gives no file away for %s',
    async (pathInfo) => {
      await createGitRepository(path.join(folder, 'other.git'));
      const target = new URL(url);
      target.pathname += encodeURIComponent(pathInfo);
      expect((await fetch(target)).ok).toBe(false);
    },
  );
});
