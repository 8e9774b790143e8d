import { describe, expect, it } from 'vitest';
import { MusterError } from '../../src/domain/errors.ts';
import { call, depsWith, workspaceWith } from './tool-bench.ts';

async function edit(content: string, search: string, replace: string) {
  const workspace = workspaceWith({ 'a.ts': content });
  const outcome = await call(depsWith({ workspace }), 'edit_file', { path: 'a.ts', search, replace });
  return { ...outcome, content: await workspace.readFile('a.ts') };
}

describe('edit_file', () => {
  it('replaces what stands once, says where, and reports the file as it is now', async () => {
    const outcome = await edit('one\ntwo\nthree\n', 'two\n', '2\n2b\n');
    expect(outcome.content).toBe('one\n2\n2b\nthree\n');
    expect(outcome.text).toBe('Edited `a.ts`, now lines 2 to 4.');
    expect(outcome.changes).toMatchObject([{ path: 'a.ts', content: 'one\n2\n2b\nthree\n' }]);
  });

  it('takes the replacement as it is, whatever dollars stand in it', async () => {
    expect((await edit('price', 'price', "$& $1 $$ $'")).content).toBe("$& $1 $$ $'");
  });

  it('keeps Windows line ends, which models write as plain ones', async () => {
    expect((await edit('a\r\nb\r\nc\r\n', 'a\nb', 'x\ny\nz')).content).toBe('x\r\ny\r\nz\r\nc\r\n');
    expect((await edit('a\r\nb\nc', 'b\nc', 'd\ne')).content).toBe('a\r\nd\ne');
    expect((await edit('a\nb', 'b', 'c\r\nd')).content).toBe('a\nc\r\nd');
  });

  it('reports a file that an edit brings back to what it was', async () => {
    const workspace = workspaceWith({ a: '1' });
    const deps = depsWith({ workspace });
    await call(deps, 'edit_file', { path: 'a', search: '1', replace: '2' });
    const back = await call(deps, 'edit_file', { path: 'a', search: '2', replace: '1' });
    expect(back.changes).toMatchObject([{ path: 'a', content: '1' }]);
  });

  it.each([
    ['a\nb\na\n', 'a', /stands 2 times, at lines 1, 3\. Add lines around it/],
    ['aaa', 'aa', /stands 2 times, at lines 1, 1/],
    ['x\n'.repeat(9), 'x', /stands 9 times, at lines 1, 2, 3, 4, 5 …/],
    [
      'if (x) {\n\treturn  1;\n}\n',
      '  return 1;',
      /other white space at line 2; copy it exactly:\n2\t\treturn {2}1;/,
    ],
    [
      'one\n  const total = sum(a);\nthree\n',
      'const total = sum(a);\nfour',
      /around line 2:\n1\tone\n2\t {2}const total/,
    ],
    ['one\ntwo\n', 'something else', /Read the file again/],
  ])('leaves %j as it is when %j is not there once', async (content, search, hint) => {
    const outcome = await edit(content, search, 'y');
    expect(outcome).toMatchObject({ isError: true, content, changes: [] });
    expect(outcome.text).toMatch(hint);
  });

  it('says that nothing changes when both are the same, and that a file is missing', async () => {
    expect(await edit('a', 'a', 'a')).toMatchObject({ isError: true, changes: [] });
    expect((await call(depsWith(), 'edit_file', { path: 'no', search: 'a', replace: 'b' })).text).toContain(
      'write_file',
    );
  });

  it('stays quick on a large file and a search that is nowhere in it', async () => {
    const content = 'some line of text that repeats\n'.repeat(50_000);
    const outcome = await edit(content, `${'some line of text that repeats\n'.repeat(50)}not this`, 'x');
    expect(outcome.isError).toBe(true);
  });
});

describe('write_file and delete_file', () => {
  it('write and delete, and report the file', async () => {
    const deps = depsWith({ workspace: workspaceWith({ a: '1' }) });
    expect(await call(deps, 'write_file', { path: 'b', content: 'new' })).toMatchObject({
      text: 'Wrote `b`, 3 characters.',
      changes: [{ path: 'b', content: 'new' }],
    });
    expect(await call(deps, 'delete_file', { path: 'a' })).toMatchObject({
      changes: [{ path: 'a', content: null }],
    });
  });
});

describe('run_command', () => {
  const run = (workspace: ReturnType<typeof workspaceWith>, args = {}, isWorkspaceTrusted = true) =>
    call(depsWith({ workspace, isWorkspaceTrusted }), 'run_command', { command: 'npm test', ...args });

  it("answers exit code and quoted output, and taints where the code is a stranger's", async () => {
    const passing = () => workspaceWith({}, { command: () => '3 passed\n' });
    const outcome = await run(passing());
    expect(outcome.text).toBe('Exit code 0.\n«output of the command|3 passed\n»');
    expect(outcome).toMatchObject({ taint: null, isError: false, changes: [] });
    expect(await run(passing(), {}, false)).toMatchObject({ taint: 'it ran code of a stranger' });
  });

  it('reports what it changed, and what it put back, but not what was changed before', async () => {
    const workspace = workspaceWith(
      { a: '1', b: '1', c: '1' },
      {
        command: (files) => {
          files.set('b', '1');
          files.set('c', '3');
          files.delete('new');
          return '';
        },
      },
    );
    await workspace.writeFile('a', '2');
    await workspace.writeFile('b', '2');
    await workspace.writeFile('new', '2');
    const { changes } = await run(workspace);
    expect(changes.map(({ path, content }) => `${path} ${content}`)).toEqual(['c 3', 'b 1', 'new null']);
  });

  it('says that it was stopped', async () => {
    const workspace = workspaceWith({}, { command: () => '' });
    const stopped = {
      ...workspace,
      runCommand: async () => ({ exitCode: null, output: 'half', hasTimedOut: true }),
    };
    expect((await run(stopped, { timeout_s: 5 })).text).toContain('Stopped after 5 s.');
    expect((await run(stopped, { timeout_s: 601 })).isError).toBe(true);
  });

  it('cuts long output in the middle', async () => {
    const { text } = await run(workspaceWith({}, { command: () => `first ${'x'.repeat(60_000)} last` }));
    expect(text.length).toBeLessThan(16_300);
    expect(text).toMatch(/first x+\n\[cut: \d+ characters in the middle\]\nx+ last/);
  });

  it('taints also when what it left is too much to carry', async () => {
    let calls = 0;
    const workspace = workspaceWith({}, { command: () => 'built' });
    const changes = async () => {
      calls += 1;
      if (calls > 1) throw new MusterError('changes_too_large', 'The changes are too large.');
      return [];
    };
    const outcome = await run({ ...workspace, changes }, {}, false);
    expect(outcome).toMatchObject({ isError: true, taint: 'it ran code of a stranger' });
    expect(outcome.text).toContain('The changes are too large.');
  });
});
