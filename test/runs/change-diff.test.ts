import { describe, expect, it } from 'vitest';
import type { FileChange } from '../../src/domain/proposal.ts';
import type { PullRequestFile } from '../../src/ports/github.ts';
import { diffOfChange, diffOfFile } from '../../src/runs/stages/change-diff.ts';

function change(overrides: Partial<FileChange> = {}): FileChange {
  return { path: 'a.ts', mode: '100644', content: 'b\n', encoding: 'utf-8', origin: 'edit', ...overrides };
}

function file(overrides: Partial<PullRequestFile> = {}): PullRequestFile {
  return { path: 'a.ts', status: 'modified', patch: '@@ -1 +1 @@', additions: 1, deletions: 1, ...overrides };
}

describe('the diff of a proposed change', () => {
  it('is whole for text that is changed, new or gone', () => {
    expect(diffOfChange(change(), 'a\n')).toMatchObject({
      text: expect.stringContaining('-a\n+b'),
      isWhole: true,
    });
    expect(diffOfChange(change(), null).isWhole).toBe(true);
    expect(diffOfChange(change({ content: null }), 'a\n').isWhole).toBe(true);
  });

  it('only names bytes, and what is gone and was too large to be read', () => {
    expect(diffOfChange(change({ encoding: 'base64' }), null).isWhole).toBe(false);
    expect(diffOfChange(change({ content: null }), null).isWhole).toBe(false);
  });
});

describe("the diff of a pull request's file", () => {
  it('is what GitHub shows', () => {
    expect(diffOfFile(file())).toEqual({ text: '--- a.ts\n@@ -1 +1 @@', isWhole: true });
  });

  it('is whole without one where the file was only renamed', () => {
    const { text, isWhole } = diffOfFile(
      file({ status: 'renamed', patch: null, additions: 0, deletions: 0 }),
    );
    expect([text, isWhole]).toEqual(['--- a.ts\n(renamed)', true]);
  });

  it.each<[string, Partial<PullRequestFile>]>([
    ['bytes', { additions: 0, deletions: 0 }],
    ['a very large file', { additions: 9000 }],
    ['a very large file that was renamed', { status: 'renamed' }],
  ])('only names %s', (_what, overrides) => {
    const { text, isWhole } = diffOfFile(file({ patch: null, ...overrides }));
    expect([text, isWhole]).toEqual(['--- a.ts\n(binary or too large)', false]);
  });
});
