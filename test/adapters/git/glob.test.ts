import { describe, expect, it } from 'vitest';
import { pathspecsOf } from '../../../src/adapters/git/glob.ts';

describe('pathspecsOf', () => {
  it.each<[string | undefined, string[]]>([
    [undefined, []],
    ['  ', []],
    ['*.ts', [':(glob)*.ts', ':(glob)**/*.ts']],
    ['src/**', [':(glob)src/**']],
    ['/src/a.ts', [':(glob)src/a.ts', ':(glob)src/a.ts/**']],
    ['src/', [':(glob)src', ':(glob)**/src', ':(glob)src/**', ':(glob)**/src/**']],
    ['a/{b,c}.ts', [':(glob)a/b.ts', ':(glob)a/b.ts/**', ':(glob)a/c.ts', ':(glob)a/c.ts/**']],
    ['*/{b,{c,d}}*', [':(glob)*/b*', ':(glob)*/c*', ':(glob)*/d*']],
    ['a/{b*', [':(glob)a/{b*']],
    [':(top)x/*', [':(glob):(top)x/*']],
  ])('of %j', (glob, expected) => {
    expect(pathspecsOf(glob)).toEqual(expected);
  });

  it('refuses braces that multiply', () => {
    expect(() => pathspecsOf('{a,b}'.repeat(30))).toThrow(expect.objectContaining({ code: 'bad_pattern' }));
  });

  it.each(['../x', 'a/../../b', '.git/**'])('refuses %j, which leaves the repository', (glob) => {
    expect(() => pathspecsOf(glob)).toThrow(expect.objectContaining({ code: 'path_outside' }));
  });
});
