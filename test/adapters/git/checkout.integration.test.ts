import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createGitWorkspaces } from '../../../src/adapters/git/workspaces.ts';
import { MusterError } from '../../../src/domain/errors.ts';
import type { WorkspaceSource } from '../../../src/ports/workspace.ts';
import { gitBackend, gitIn, repositoryWith, serve, temporaryFolder } from './repositories.ts';

const TOKEN = 'ghs_123_very.long.token';
const HEADER = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`;
const folder = temporaryFolder();
const rootDir = path.join(folder.path, 'work');
const { signal } = new AbortController();
const workspaces = createGitWorkspaces({ rootDir, sandbox: null });
const repository = repositoryWith(path.join(folder.path, 'served'), { 'README.md': '# Hello\n' });

afterAll(() => folder[Symbol.dispose]());

async function failureOf(source: Partial<WorkspaceSource>): Promise<MusterError> {
  const whole = { cloneUrl: 'http://127.0.0.1:1/r', token: TOKEN, sha: repository.sha, ...source };
  const outcome: unknown = await workspaces.open(whole, signal).catch((error: unknown) => error);
  if (outcome instanceof MusterError) return outcome;
  throw new Error('opened');
}

describe('checking out over HTTP', () => {
  it('fetches one commit without history, with the token in a header', async () => {
    const first = repository.sha;
    gitIn(repository.folder, 'commit', '--quiet', '--allow-empty', '--message', 'second');
    const server = await serve(gitBackend(folder.path));
    const workspace = await workspaces.open(
      { cloneUrl: `${server.url}/served`, token: TOKEN, sha: first },
      signal,
    );
    expect(workspace.baseSha).toBe(first);
    expect(await workspace.readFile('README.md')).toBe('# Hello\n');
    expect(new Set(server.authorizations)).toEqual(new Set([HEADER]));
    const gitDir = path.join(rootDir, readdirSync(rootDir)[0] ?? '', 'git');
    expect(gitIn(gitDir, '--git-dir', gitDir, 'rev-list', '--count', first)).toBe('1\n');
    expect(gitIn(gitDir, '--git-dir', gitDir, 'config', '--list', '--local')).not.toContain('uthorization');
    await workspace.dispose();
    server.close();
  });

  it.each([
    [401, false],
    [403, false],
    [404, false],
    [429, true],
    [500, true],
    [503, true],
  ])('answers HTTP %i with clone_failed, retryable %s', async (status, isRetryable) => {
    const server = await serve((_request, response) => response.writeHead(status).end());
    const error = await failureOf({ cloneUrl: `${server.url}/r` });
    server.close();
    expect(error).toMatchObject({ code: 'clone_failed', isRetryable });
  });

  it('calls a refused connection retryable', async () => {
    expect(await failureOf({})).toMatchObject({ code: 'clone_failed', isRetryable: true });
  });

  it('calls an unknown commit final', async () => {
    const server = await serve(gitBackend(folder.path));
    const error = await failureOf({ cloneUrl: `${server.url}/served`, sha: 'a'.repeat(40) });
    server.close();
    expect(error).toMatchObject({ code: 'clone_failed', isRetryable: false });
    expect(error.message).toContain('not our ref');
  });

  it('never shows the token, whatever the error is asked for', async () => {
    const server = await serve((_request, response) => response.writeHead(403).end());
    const error = await failureOf({ cloneUrl: `${server.url}/${TOKEN}` });
    server.close();
    expect(JSON.stringify([error.message, error.stack, error.cause ?? null])).not.toContain(HEADER.slice(6));
    expect(error.cause).toBeUndefined();
  });

  it('does not take the token to where a redirect points', async () => {
    const other = await serve(gitBackend(folder.path));
    const server = await serve((request, response) => {
      response.writeHead(302, { location: `${other.url}${request.url}` }).end();
    });
    expect(await failureOf({ cloneUrl: `${server.url}/served` })).toMatchObject({ code: 'clone_failed' });
    expect(other.authorizations).toEqual([]);
    server.close();
    other.close();
  });

  it.each([
    ['ext::sh -c "touch /tmp/owned"', repository.sha],
    ['--upload-pack=touch /tmp/owned', repository.sha],
    [repository.url, repository.sha],
    ['https://user:secret@example.org/r', repository.sha],
    ['http://127.0.0.1:1/r', '--upload-pack=x'],
    ['http://127.0.0.1:1/r', 'main'],
  ])('refuses the URL %j at %j', async (cloneUrl, sha) => {
    const error = await failureOf({ cloneUrl, sha });
    expect(error).toMatchObject({ code: 'clone_failed', isRetryable: false });
    expect(error.message).not.toContain('secret');
  });

  it('stops at the signal, and leaves nothing behind whatever failed', async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort(new Error('cancelled')));
    const opening = workspaces.open(
      { cloneUrl: `${server.url}/r`, token: '', sha: repository.sha },
      controller.signal,
    );
    await expect(opening).rejects.toThrow('cancelled');
    server.close();
    expect(readdirSync(rootDir)).toEqual([]);
  });
});
