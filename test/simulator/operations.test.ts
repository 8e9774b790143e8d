import { describe, expect, it } from 'vitest';
import { loadContract } from '../../src/simulator/contract.ts';
import { escapeParameters } from '../../src/simulator/contract.ts';
import description from '../../src/simulator/openapi/github.json' with { type: 'json' };
import { hunkAround } from '../../src/simulator/operations/hunks.ts';
import { ACCESS } from '../../src/simulator/rest/access.ts';
import { HANDLERS, REPOSITORY_HANDLERS } from '../../src/simulator/rest/handlers.ts';

const described = Object.values(description.paths).flatMap((item) =>
  Object.values(item).map((operation: { operationId: string }) => operation.operationId),
);

describe('operations', () => {
  it('are described, allowed and answered, all the same ones', () => {
    const answered = [...Object.keys(HANDLERS), ...Object.keys(REPOSITORY_HANDLERS)];
    expect(answered.toSorted()).toEqual(described.toSorted());
    expect(Object.keys(ACCESS).toSorted()).toEqual(described.toSorted());
  });

  it('on a repository, and only those, are answered with the repository', () => {
    const bound = Object.keys(ACCESS).filter((name) => ACCESS[name]?.kind === 'repository');
    expect(Object.keys(REPOSITORY_HANDLERS).toSorted()).toEqual(bound.toSorted());
  });
});

describe('paths', () => {
  it.each([
    ['/repos/o/r/contents/a/b c.txt', '/repos/o/r/contents/a%2Fb c.txt'],
    ['/repos/o/r/contents', '/repos/o/r/contents/.'],
    ['/repos/o/r/contents/', '/repos/o/r/contents/.'],
    ['/repos/o/r/git/ref/heads/x/y', '/repos/o/r/git/ref/heads%2Fx%2Fy'],
    ['/repos/o/r/commits/heads/x/check-runs', '/repos/o/r/commits/heads%2Fx/check-runs'],
    ['/repos/o/r/branches/x/y/protection', '/repos/o/r/branches/x%2Fy/protection'],
    ['/repos/o/r/compare/main...x/y', '/repos/o/r/compare/main...x%2Fy'],
    ['/repos/o/r/issues/1/labels/a/b', '/repos/o/r/issues/1/labels/a%2Fb'],
    ['/repos/o/r/issues/1', '/repos/o/r/issues/1'],
  ])('keep the slashes of %s in one parameter', (path, expected) => {
    expect(escapeParameters(path)).toBe(expected);
  });

  it('give their parameters decoded', async () => {
    const contract = await loadContract();
    const path = escapeParameters('/repos/o/r/contents/docs/a%20b.md');
    expect(contract.match({ method: 'GET', path, headers: {} })).toMatchObject({
      operationId: 'repos/get-content',
      params: { owner: 'o', repo: 'r', path: 'docs/a b.md' },
    });
    expect(contract.match({ method: 'PUT', path: '/repos/o/r', headers: {} })).toBeNull();
  });
});

describe('the hunk around a line', () => {
  const patch = '@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n@@ -10,1 +10,2 @@\n ten\n+eleven';

  it('ends at that line, counted on its side', () => {
    expect(hunkAround(patch, 2, 'RIGHT')).toBe('@@ -1,3 +1,3 @@\n one\n-two\n+TWO');
    expect(hunkAround(patch, 2, 'LEFT')).toBe('@@ -1,3 +1,3 @@\n one\n-two');
    expect(hunkAround(patch, 11, 'RIGHT')).toBe('@@ -10,1 +10,2 @@\n ten\n+eleven');
  });

  it('is none for lines that the diff does not show, and for binary files', () => {
    expect(hunkAround(patch, 7, 'RIGHT')).toBeNull();
    expect(hunkAround(patch, 11, 'LEFT')).toBeNull();
    expect(hunkAround(null, 1, 'RIGHT')).toBeNull();
  });
});
