import { describe, expect, it } from 'vitest';
import { filesOfChanges, filesOfDiff, findQuoted } from '../../src/publish/quoted-lines.ts';
import { aChange } from './fixtures.ts';

const CONTENT = `export function total(items) {
  const sum = items.reduce(add, 0);

  if (sum === 0) return "nothing";
  return sum;
}
`;

const PATCH = `@@ -10,4 +10,5 @@ export function total(items) {
 const before = items.length;
-const removed = items.slice(1);
+const added = items.slice(2);
+const also = added.length;
 const after = before;
 return after;`;

describe('findQuoted', () => {
  const files = filesOfChanges([
    aChange({ content: 'nothing here\n' }),
    aChange({ path: 'b.js', content: CONTENT }),
  ]);

  it.each([
    ['const sum = items.reduce(add, 0);', 2, 2],
    ['  if (SUM === 0)   return `nothing`', 4, 4],
    ['+  const sum = items.reduce(add, 0);', 2, 2],
    ['const sum = items.reduce(add, 0);\n\n  if (sum === 0) return', 2, 4],
    ['return sum;\n}', 5, 6],
  ])('finds %j', (evidence, startLine, endLine) => {
    expect(findQuoted(evidence, files)).toEqual({ path: 'b.js', startLine, endLine });
  });

  it.each(['', 'return', 'The cause is quoted.', 'const sum = 0;'])('finds nothing of %j', (evidence) => {
    expect(findQuoted(evidence, files)).toBeNull();
  });

  it('counts the lines of a diff as the head does, and knows nothing of removed ones', () => {
    const diff = filesOfDiff([
      { path: 'image.png', patch: null },
      { path: 'a.js', patch: PATCH },
    ]);
    expect(findQuoted('const after = before;', diff)).toEqual({ path: 'a.js', startLine: 13, endLine: 13 });
    expect(findQuoted('+const added = items.slice(2);\n+const also', diff)).toMatchObject({
      startLine: 11,
      endLine: 12,
    });
    expect(findQuoted('-const removed = items.slice(1);\n+const added = items', diff)).toMatchObject({
      startLine: 11,
      endLine: 11,
    });
    expect(findQuoted('const removed = items', diff)).toBeNull();
  });

  it('looks into no file that is deleted, or is not text', () => {
    const changes = [aChange({ content: null }), aChange({ content: CONTENT, encoding: 'base64' })];
    expect(filesOfChanges(changes)).toEqual([]);
  });
});
