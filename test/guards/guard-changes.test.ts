import { describe, expect, it } from 'vitest';
import { guardChanges } from '../../src/guards/guard-changes.ts';
import { change, context, SECRET } from './samples.ts';

describe('guardChanges', () => {
  it('has nothing to say of an ordinary edit', async () => {
    expect(
      await guardChanges([change('src/a.ts'), change('src/b.ts', { content: null })], context()),
    ).toEqual([]);
  });

  it.each([
    ['a secret in a file', change('src/a.ts', { content: `key = "${SECRET}"` }), 'secrets', 'blocked'],
    [
      'a secret in bytes',
      change('a.bin', { content: Buffer.from(`\0${SECRET}\0`).toString('base64'), encoding: 'base64' }),
      'secrets',
      'blocked',
    ],
    [
      'a secret in UTF-16',
      change('a.txt', { content: Buffer.from(SECRET, 'utf16le').toString('base64'), encoding: 'base64' }),
      'secrets',
      'blocked',
    ],
    ['a secret in a name', change(`${SECRET}.ts`), 'secrets', 'blocked'],
    ['personal data', change('src/a.ts', { content: '// by bob@acme.dev' }), 'pii', 'needs_approval'],
    ['a protected path', change('.github/workflows/ci.yml'), 'paths', 'needs_approval'],
    ['the removal of a protected path', change('CODEOWNERS', { content: null }), 'paths', 'needs_approval'],
    ['a configured path', change('infra/x.tf'), 'paths', 'needs_approval'],
    ['a file of a command', change('src/a.ts', { origin: 'command' }), 'paths', 'needs_approval'],
    ['a path out of the tree', change('../a.ts'), 'paths', 'blocked'],
    ['a path in .git', change('.git/hooks/pre-commit'), 'paths', 'blocked'],
    [
      'a link out of the tree',
      change('a', { mode: '120000', content: '../../etc/passwd' }),
      'paths',
      'blocked',
    ],
    [
      'a link in bytes',
      change('a', { mode: '120000', content: Buffer.from('/etc').toString('base64'), encoding: 'base64' }),
      'paths',
      'blocked',
    ],
    ['a file that is too big', change('a', { content: 'x'.repeat(2_000_000) }), 'size', 'blocked'],
  ])('reports %s', async (_name, file, guard, outcome) => {
    const notes = await guardChanges([file], context({ protectedGlobs: ['infra'] }));
    expect(notes).toEqual([{ guard, outcome, message: expect.any(String) }]);
    expect(notes[0]?.message).not.toMatch(/SECRET|bob@/);
  });

  it('lets stand what the file held before, but for it', async () => {
    const content = `key = "${SECRET}" // bob@acme.dev`;
    const readBase = async (): Promise<string> => content;
    expect(
      await guardChanges([change('src/a.ts', { content: `${content}\n// more` })], context({ readBase })),
    ).toEqual([]);
    const added = change('src/a.ts', { content: `${content}\nSECRET-87654321` });
    expect(await guardChanges([added], context({ readBase }))).toMatchObject([
      { guard: 'secrets', outcome: 'blocked' },
    ]);
  });

  it('lets personal data be where the policy is off or the audience knows it', async () => {
    const file = change('AUTHORS', { content: 'bob@acme.dev' });
    expect(await guardChanges([file], context({ pii: { mode: 'off' } }))).toEqual([]);
    const pii = { mode: 'redact' as const, isKnownToAudience: () => true };
    expect(await guardChanges([file], context({ pii }))).toEqual([]);
  });

  it('blocks two files that some systems take for one', async () => {
    expect(await guardChanges([change('src/A.ts'), change('src/a.ts')], context())).toMatchObject([
      { outcome: 'blocked' },
    ]);
    const renamed = [change('src/A.ts', { content: null }), change('src/a.ts')];
    expect(await guardChanges(renamed, context())).toEqual([]);
  });

  it('shows no trick in the name of a file', async () => {
    const [note] = await guardChanges([change('a`b\u202E.ts')], context());
    expect(note?.message).toMatch(/^`a\?b\?\.ts` /);
  });
});
