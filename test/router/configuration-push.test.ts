import { describe, expect, it } from 'vitest';
import { mayChangeConfiguration } from '../../src/router/configuration-push.ts';

function push(overrides: object = {}) {
  return {
    ref: 'refs/heads/main',
    repository: { default_branch: 'main' },
    commits: [{ added: [], modified: ['.github/agents/a.md'], removed: [] }],
    ...overrides,
  };
}

const commit = { added: ['src/a.ts'], modified: [], removed: [] };

describe('mayChangeConfiguration', () => {
  it('sees files of `.github/` that are added, changed and taken away on the default branch', () => {
    expect(mayChangeConfiguration('push', push())).toBe(true);
    const removed = [{ ...commit, removed: ['.github/muster.yml'] }];
    expect(mayChangeConfiguration('push', push({ commits: removed }))).toBe(true);
  });

  it('does not care for other files, branches and events', () => {
    expect(mayChangeConfiguration('push', push({ commits: [commit] }))).toBe(false);
    expect(
      mayChangeConfiguration('push', push({ commits: [{ ...commit, added: ['docs/.github/a'] }] })),
    ).toBe(false);
    expect(mayChangeConfiguration('push', push({ ref: 'refs/heads/topic' }))).toBe(false);
    expect(mayChangeConfiguration('push', push({ ref: 'refs/tags/main' }))).toBe(false);
    expect(mayChangeConfiguration('issues', push())).toBe(false);
  });

  it('assumes a change where the push does not list what it brought', () => {
    expect(mayChangeConfiguration('push', push({ commits: [] }))).toBe(true);
    expect(mayChangeConfiguration('push', push({ commits: Array.from({ length: 20 }, () => commit) }))).toBe(
      true,
    );
  });

  it('takes a body of another form for none', () => {
    expect(mayChangeConfiguration('push', { ref: 'refs/heads/main' })).toBe(false);
    expect(mayChangeConfiguration('push', null)).toBe(false);
  });
});
