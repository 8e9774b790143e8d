import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createGitWorkspaces } from '../../../src/adapters/git/workspaces.ts';
import { gitIn, repositoryWith } from './repositories.ts';
import { workbench } from './workbench.ts';

const bench = await workbench();
const { signal } = new AbortController();

afterAll(() => bench[Symbol.dispose]());

describe('a git workspace on a hostile tree', () => {
  it('reads nothing through links that lead out of the root', async () => {
    const outside = path.join(bench.folder, 'outside');
    mkdirSync(outside);
    writeFileSync(path.join(outside, 'secret'), 'hunter2');
    const files = {
      file: { link: path.join(outside, 'secret') },
      'dir/secret': 'mine',
      loop: { link: 'loop' },
    };
    await bench.use(files, async (workspace, tree) => {
      await workspace.deleteFile('dir/secret');
      symlinkSync(outside, path.join(tree, 'dir'));
      const refusal = expect.objectContaining({ code: 'path_outside' });
      for (const name of ['file', 'dir/secret']) {
        await expect(workspace.readFile(name)).rejects.toThrow(refusal);
        await expect(workspace.writeFile(name, 'x')).rejects.toThrow(refusal);
      }
      await expect(workspace.deleteFile('dir/secret')).rejects.toThrow(refusal);
      expect(await workspace.readFile('loop')).toBeNull();
      expect(await workspace.search('hunter2', undefined, 10)).toEqual([]);
      expect(await workspace.listFiles()).toEqual([]);
      const changes = await workspace.changes();
      expect(changes).toMatchObject([
        { path: 'dir', mode: '120000', content: outside },
        { path: 'dir/secret', content: null },
      ]);
      expect(JSON.stringify(changes)).not.toContain('hunter2');
      expect(readFileSync(path.join(outside, 'secret'), 'utf8')).toBe('hunter2');
    });
  });

  it('writes through no link inside the root either, and says where it leads', async () => {
    await bench.use({ 'real/a': '1', alias: { link: 'real' } }, async (workspace) => {
      await expect(workspace.writeFile('alias/a', '2')).rejects.toThrow(
        '`alias` is a symbolic link to `real`',
      );
      await expect(workspace.writeFile('alias', '2')).rejects.toThrow(
        expect.objectContaining({ code: 'path_link' }),
      );
      await expect(workspace.writeFile('real', '2')).rejects.toThrow(
        expect.objectContaining({ code: 'path_taken' }),
      );
      await expect(workspace.writeFile('real/a/b', '2')).rejects.toThrow('`real/a` is not a folder');
    });
  });

  it('runs nothing that lies in the tree: hooks, monitors, filters of planted repositories', async () => {
    const {
      url,
      sha,
      folder: source,
    } = repositoryWith(path.join(bench.folder, 'with-submodule'), { a: '1' });
    gitIn(source, 'update-index', '--add', '--cacheinfo', `160000,${sha},sub`);
    gitIn(source, 'commit', '--quiet', '--message', 'submodule');
    const head = gitIn(source, 'rev-parse', 'HEAD').trim();
    const workspaces = createGitWorkspaces({ rootDir: bench.rootDir, sandbox: null, protocols: ['file'] });
    const workspace = await workspaces.open({ cloneUrl: url, token: '', sha: head }, signal);
    const tree = bench.tree();
    const trap = path.join(bench.folder, 'trapped');
    for (const place of ['sub', 'fresh', '.']) {
      const planted = path.join(tree, place);
      mkdirSync(planted, { recursive: true });
      gitIn(planted, 'init', '--quiet');
      const config = `[core]\n fsmonitor = "touch ${trap}; false"\n hooksPath = .\n[filter "x"]\n clean = touch ${trap}\n`;
      writeFileSync(path.join(planted, '.git', 'config'), config);
      writeFileSync(path.join(planted, '.gitattributes'), '* filter=x\n');
    }
    await workspace.writeFile('a', '2');
    expect((await workspace.changes()).map((change) => change.path)).toEqual(['.gitattributes', 'a']);
    await workspace.listFiles();
    await workspace.search('.', undefined, 5);
    expect(existsSync(trap)).toBe(false);
    await workspace.dispose();
  });

  it('waits for no pipe, reads no device, skips what is not a file', async () => {
    await bench.use({ a: '1' }, async (workspace, tree) => {
      gitIn(tree, '-c', 'alias.fifo=!mkfifo', 'fifo', path.join(tree, 'pipe'));
      expect(await workspace.readFile('pipe')).toBeNull();
      expect(await workspace.listFiles()).toEqual(['a']);
      expect(await workspace.changes()).toEqual([]);
    });
  });

  it('refuses to carry changes that no commit by API could', async () => {
    await bench.use({}, async (workspace, tree) => {
      writeFileSync(path.join(tree, 'big'), Buffer.alloc(11 * 1024 * 1024, 'a'));
      await expect(workspace.changes()).rejects.toThrow('`big` alone is past');
      await expect(workspace.changes()).rejects.toThrow(
        expect.objectContaining({ code: 'changes_too_large' }),
      );
      await expect(workspace.readFile('big')).rejects.toThrow(
        expect.objectContaining({ code: 'file_too_large' }),
      );
    });
  });

  it('gives up on a pattern that takes forever, without holding up the process', async () => {
    await bench.use({ a: `${'a'.repeat(3000)}\n` }, async (workspace) => {
      await expect(workspace.search('(a|aa)+\\1\\1(x+x+)+y', undefined, 5)).rejects.toThrow(
        expect.objectContaining({ code: 'bad_pattern' }),
      );
    });
  });
});
