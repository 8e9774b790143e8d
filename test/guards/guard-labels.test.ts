import { describe, expect, it } from 'vitest';
import { guardLabels, guardLogins } from '../../src/guards/guard-labels.ts';
import { context, SECRET } from './samples.ts';

describe('guardLabels', () => {
  it.each(['agent:triager', 'Flow:build', 'AGENT: x', 'ａgent:x', 'agent :x'])(
    'never lets %s pass',
    async (label) => {
      expect((await guardLabels([label], [label], context())).names).toEqual([]);
    },
  );

  it.each([
    ['empty', ' '],
    ['too long', 'x'.repeat(51)],
    ['with a secret', SECRET],
    ['with an address', 'bob@acme.dev'],
    ['with invisible characters', 'bu\u200Bg'],
    ['over two lines', 'bug\nx'],
  ])('drops a label that is %s', async (_name, label) => {
    const { names, notes } = await guardLabels([label, 'bug'], undefined, context());
    expect(names).toEqual(['bug']);
    expect(JSON.stringify(notes)).not.toMatch(/SECRET|bob@/);
  });

  it('keeps to the allow-list, without case', async () => {
    const { names, notes } = await guardLabels(['Bug', 'urgent'], ['bug'], context());
    expect(names).toEqual(['Bug']);
    expect(notes).toMatchObject([{ outcome: 'cleaned' }]);
  });

  it('asks a person for a label that is new, or that a workflow names', async () => {
    const known = context({ repositoryLabels: ['bug', 'safe-to-test'], workflowLabels: ['Safe-To-Test'] });
    expect((await guardLabels(['bug'], undefined, known)).notes).toEqual([]);
    expect((await guardLabels(['new'], undefined, known)).notes).toMatchObject([
      { outcome: 'needs_approval' },
    ]);
    expect((await guardLabels(['safe-to-test'], undefined, known)).notes).toMatchObject([
      { outcome: 'needs_approval' },
    ]);
  });

  it('asks nobody for a label of a workflow that the agent file allows', async () => {
    const known = context({ repositoryLabels: ['safe-to-test'], workflowLabels: ['safe-to-test'] });
    expect((await guardLabels(['safe-to-test'], ['safe-to-test'], known)).notes).toEqual([]);
  });
});

describe('guardLogins', () => {
  it('keeps logins, and drops what can be none', () => {
    const { names, notes } = guardLogins(['ada', 'a-b', '@ada', 'a/b', '-a', 'a--b', 'x'.repeat(40)]);
    expect(names).toEqual(['ada', 'a-b']);
    expect(notes).toHaveLength(1);
  });

  it('keeps ten at most', () => {
    expect(guardLogins(Array.from({ length: 12 }, (_, index) => `u${index}`)).names).toHaveLength(10);
  });
});
