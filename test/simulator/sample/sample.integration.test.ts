import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/config.ts';
import { sampleRepository } from '../../../src/simulator/sample/sample.ts';

const FIX = {
  search: '    shares[index] += 1;\n',
  replace: '    if (weights[index] === 0) continue;\n    shares[index] += 1;\n',
};
const TEST = `
test('gives no cent to a share without weight', () => {
  assert.deepEqual(allocate(155, [0, 1299, 249]), [0, 131, 24]);
});
`;

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'muster-sample-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(
  files: Record<string, string>,
  args: string[],
): Promise<{ code: unknown; output: string }> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.on('close', resolve));
  const [code, output] = await Promise.all([exited, text(child.stdout)]);
  return { code, output };
}

function withTest(files: Record<string, string>): Record<string, string> {
  return { ...files, 'test/money.test.js': files['test/money.test.js'] + TEST };
}

describe('sampleRepository', () => {
  it('holds a library, its tests and a valid muster.yml', () => {
    const { files } = sampleRepository();
    expect(Object.keys(files)).toEqual([
      '.github/muster.yml',
      'CONTRIBUTING.md',
      'README.md',
      'package.json',
      'src/cart.js',
      'src/discounts.js',
      'src/index.js',
      'src/money.js',
      'src/receipt.js',
      'test/cart.test.js',
      'test/money.test.js',
      'test/receipt.test.js',
    ]);
    expect(parseConfig(files['.github/muster.yml'] ?? '', 'muster.yml')).toMatchObject({
      kind: 'valid',
      warnings: [],
    });
  });

  it('passes its own tests as it is', async () => {
    const { code, output } = await run(sampleRepository().files, ['--test']);
    expect(output).toContain('pass 15');
    expect(code).toBe(0);
  });

  it('has the bug that its issue shows', async () => {
    const { files, issue } = sampleRepository();
    const script = /```js\n([^]*?)```/.exec(issue.body)?.[1] ?? '';
    const actual = /### Actual\s+```\n([^]*?)```/.exec(issue.body)?.[1];
    const { output } = await run({ ...files, 'reproduction.js': script }, ['reproduction.js']);
    expect(output).toBe(actual);
    expect((await run(withTest(files), ['--test'])).code).toBe(1);
  });

  it('does what the issue expects with one line more', async () => {
    const { files, issue } = sampleRepository();
    const script = /```js\n([^]*?)```/.exec(issue.body)?.[1] ?? '';
    const expected = /### Expected[^]*?```\n([^]*?)```/.exec(issue.body)?.[1];
    const money = files['src/money.js'] ?? '';
    expect(money.split(FIX.search)).toHaveLength(2);
    const fixed = { ...withTest(files), 'src/money.js': money.replace(FIX.search, FIX.replace) };
    expect((await run({ ...fixed, 'reproduction.js': script }, ['reproduction.js'])).output).toBe(expected);
    expect(await run(fixed, ['--test'])).toMatchObject({ code: 0 });
  });
});
