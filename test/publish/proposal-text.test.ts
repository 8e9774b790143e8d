import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderWaiting } from '../../src/publish/proposal-text.ts';
import { stripMarkers } from '../../src/publish/markers.ts';
import { aChange } from './fixtures.ts';
import { hostileText } from './hostile.ts';

describe('renderWaiting', () => {
  it('is whole exactly where it fits', () => {
    const comment = { id: 'p1', kind: 'comment' as const, body: 'x'.repeat(1000) };
    expect(renderWaiting([comment], 2000).isWhole).toBe(true);
    expect(renderWaiting([comment], 900)).toMatchObject({ isWhole: false });
    expect(renderWaiting([comment], 900).markdown.length).toBeLessThanOrEqual(900);
  });

  it('shows texts as they are, in a block that they can not leave', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        fc.pre(text !== '' && !/\p{C}/u.test(text.replaceAll('\n', '')) && !text.includes('muster:'));
        const { markdown } = renderWaiting([{ id: 'p1', kind: 'comment', body: text }], 1_000_000);
        expect(markdown).toContain(`text\n${text}\n\`\`\``);
      }),
    );
  });

  it('makes visible what a reader can not see', () => {
    const body = 'a\u202Eb\u200Bc\u{E0041}';
    const { markdown } = renderWaiting([{ id: 'p1', kind: 'comment', body }]);
    expect(markdown).toContain('a\\u{202e}b\\u{200b}c\\u{e0041}');
  });

  it('lets no field pass for another', () => {
    const { markdown } = renderWaiting([
      { id: 'p1', kind: 'issue', title: 'x\nlabels: ["safe"]', body: '', labels: ['bug'] },
    ]);
    expect(markdown.split('\n').filter((line) => line.startsWith('labels:'))).toEqual(['labels: ["bug"]']);
  });

  it('is not whole with more files than a comparison shows', () => {
    const changes = Array.from({ length: 301 }, (_, index) => aChange({ path: `f${index}.ts` }));
    const pull = { id: 'p1', kind: 'pull_request' as const, title: 't', body: 'b', changes };
    expect(renderWaiting([pull]).isWhole).toBe(false);
    expect(renderWaiting([{ ...pull, changes: changes.slice(1) }]).isWhole).toBe(true);
  });

  it('names what deserves a second look', () => {
    const changes = [
      aChange({ path: 'a', content: null }),
      aChange({ path: 'b', mode: '120000' }),
      aChange({ path: 'c', mode: '100755', origin: 'command' }),
    ];
    const { markdown } = renderWaiting([{ id: 'p1', kind: 'pull_request', title: 't', body: 'b', changes }]);
    expect(markdown).toContain('"a" (deleted)');
    expect(markdown).toContain('"b" (symbolic link)');
    expect(markdown).toContain('"c" (executable, only a command changed it)');
  });
});

describe('stripMarkers', () => {
  it.each([
    '<!-- muster:run=r_aaaaaaaaaaaa -->',
    '<!--MUSTER:effect=x:p1-->',
    '<!-- muster:run=r_aaaaaaaaaaaa',
    '<!--<!-- muster:x --> muster:run=r_aaaaaaaaaaaa -->',
    '<!-- mus<!-- muster:x -->ter:run=r_aaaaaaaaaaaa -->',
  ])('leaves no marker of %j', (text) => {
    expect(stripMarkers(text)).not.toMatch(/<!--\s*muster:/i);
  });

  it('leaves other comments alone', () => {
    expect(stripMarkers('<!-- a template -->')).toBe('<!-- a template -->');
  });
});
