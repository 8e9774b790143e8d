import { chmodSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createGitWorkspaces } from '../../../src/adapters/git/workspaces.ts';
import { workspaceContract } from '../../contracts/workspace.ts';
import { workbench } from './workbench.ts';

const bench = await workbench();
const { signal } = new AbortController();

afterAll(() => bench[Symbol.dispose]());

workspaceContract('createGitWorkspaces', (files) => bench.open(files));

describe('a git workspace', () => {
  it('holds the bytes of the commit, whatever .gitattributes says', async () => {
    const files = {
      '.gitattributes':
        '* text eol=crlf ident\n*.bin filter=lfs diff=lfs -text\nutf16 working-tree-encoding=UTF-16\n',
      text: 'one\ntwo $Id$\n',
      crlf: 'one\r\n',
      'a.bin': 'version https://git-lfs.github.com/spec/v1\n',
    };
    await bench.use(files, async (workspace) => {
      expect(await workspace.readFile('text')).toBe('one\ntwo $Id$\n');
      expect(await workspace.readFile('a.bin')).toBe('version https://git-lfs.github.com/spec/v1\n');
      await workspace.writeFile('text', 'one\r\n');
      expect(await workspace.changes()).toMatchObject([{ path: 'text', content: 'one\r\n' }]);
    });
  });

  it('keeps modes, and takes links for links', async () => {
    const files = { run: { executable: 'x\n' }, link: { link: 'target' }, target: 'here\n' };
    await bench.use(files, async (workspace, tree) => {
      expect(await workspace.readFile('link')).toBe('here\n');
      await workspace.writeFile('run', 'y\n');
      chmodSync(path.join(tree, 'target'), 0o755);
      symlinkSync('run', path.join(tree, 'new'));
      expect(await workspace.changes()).toEqual([
        { path: 'new', mode: '120000', content: 'run', encoding: 'utf-8', origin: 'command' },
        { path: 'run', mode: '100755', content: 'y\n', encoding: 'utf-8', origin: 'edit' },
        { path: 'target', mode: '100755', content: 'here\n', encoding: 'utf-8', origin: 'command' },
      ]);
    });
  });

  it('puts modes, links and bytes in place again', async () => {
    const bytes = Buffer.from([0, 255, 1]).toString('base64');
    const changes = [
      { path: 'bytes', mode: '100644', content: bytes, encoding: 'base64', origin: 'command' },
      { path: 'link', mode: '120000', content: 'bytes', encoding: 'utf-8', origin: 'edit' },
      { path: 'run', mode: '100755', content: '#!/bin/sh\n', encoding: 'utf-8', origin: 'edit' },
    ] as const;
    await bench.use({ link: 'was a file' }, async (workspace) => {
      await workspace.apply([...changes]);
      expect(await workspace.changes()).toEqual(changes);
      await expect(workspace.readFile('bytes')).rejects.toThrow(
        expect.objectContaining({ code: 'not_text' }),
      );
    });
  });

  it('honours .gitignore, and still tells of an ignored path that is asked for', async () => {
    await bench.use({ '.gitignore': 'out/\n' }, async (workspace) => {
      await workspace.writeFile('out/bundle.js', 'x');
      expect(await workspace.changes()).toEqual([]);
      expect(await workspace.listFiles()).toEqual(['.gitignore']);
      expect(await workspace.changes(['out/bundle.js'])).toMatchObject([{ content: 'x' }]);
    });
  });

  it('removes its folder when it is disposed', async () => {
    const workspace = await bench.open({ a: '1' });
    await workspace.dispose();
    expect(readdirSync(bench.rootDir)).toEqual([]);
  });

  it('offers no commands without a sandbox', async () => {
    const workspace = await createGitWorkspaces({ rootDir: bench.rootDir, sandbox: null }).open(
      { cloneUrl: 'https://example.org/r', token: '', sha: null },
      signal,
    );
    expect(workspace.runCommand).toBeNull();
    await workspace.dispose();
  });
});
