import * as fc from 'fast-check';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { RUN_STATES } from '../../src/domain/run.ts';
import { CHECK_NAMES } from '../../src/publish/checks.ts';
import { combineChecks } from '../../src/publish/combine-checks.ts';
import { renderTrackingComment } from '../../src/publish/tracking-comment.ts';
import { RUN_ID } from './fixtures.ts';
import { hostileView } from './hostile.ts';

const anyView = fc.constantFrom(...RUN_STATES).chain((state) => hostileView(state));
const MARKER = `<!-- muster:run=${RUN_ID} -->`;

describe('the limits of GitHub, whatever stands in the run', () => {
  it('hold for the tracking comment, which ends with its own marker', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        const comment = renderTrackingComment(view);
        expect(comment.length).toBeLessThanOrEqual(65_536);
        expect(comment.split('<!-- muster:')).toHaveLength(2);
        const { blocks, headings } = inspect(comment);
        expect(headings).toBe(1);
        expect(blocks.at(-1)).toMatchObject({ type: 'html', value: MARKER });
      }),
      { numRuns: 15 },
    );
  });

  it('hold for every check of up to three runs', () => {
    const views = fc.array(anyView, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(views, fc.constantFrom(...CHECK_NAMES), (some, name) => {
        const check = combineChecks(name, some);
        expect(Buffer.byteLength(check.summary)).toBeLessThanOrEqual(65_535);
        expect(check.summary).not.toContain('<!-- muster:');
        const { blocks, headings } = inspect(check.summary);
        expect(headings).toBe(0);
        // Nothing that was cut is left open: the last words stand outside of it.
        expect(['paragraph', 'html']).toContain(blocks.at(-1)?.type);
        expect(check.title.isWellFormed()).toBe(true);
        expect(check.title.length).toBeLessThanOrEqual(255);
        expect(check.title).not.toMatch(/\n/);
        expect(check.externalId.length).toBeLessThanOrEqual(255);
        expect(check.status === 'completed').toBe(check.conclusion !== null);
        expect(check.actions.length).toBeLessThanOrEqual(3);
        for (const action of check.actions) {
          expect(action.label.length).toBeLessThanOrEqual(20);
          expect(action.description.length).toBeLessThanOrEqual(40);
          expect(action.identifier.length).toBeLessThanOrEqual(20);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('hold for the annotations', () => {
    fc.assert(
      fc.property(hostileView('done'), (view) => {
        const { annotations } = combineChecks('muster/judge', [view]);
        expect(annotations).toHaveLength(50);
        for (const { title = '', message } of annotations) {
          expect(title.length).toBeLessThanOrEqual(255);
          expect(Buffer.byteLength(message)).toBeLessThanOrEqual(65_536);
          expect(`${title}${message}`).not.toMatch(/<!-- muster:|\n/);
          expect(`${title}${message}`.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });
});

/** HTML of our own; anything else came from the run. */
const OUR_HTML =
  /^(?:<\/?sub>|<br>|<\/details>|<details><summary>[\w :]{1,60}<\/summary>|<!-- muster:run=\w+ -->)$/;

/** The Markdown as GitHub reads it, once nothing in it is found to mention, refer, link, load or hide. */
function inspect(markdown: string): { blocks: Nodes[]; headings: number } {
  expect(markdown.isWellFormed()).toBe(true);
  const { children: blocks } = fromMarkdown(markdown, {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  let headings = 0;
  const visit = (node: Nodes): void => {
    if (node.type === 'heading') headings += 1;
    if (node.type === 'html') for (const line of node.value.split('\n')) expect(line).toMatch(OUR_HTML);
    // Lists in a row, with nothing between them, are one list that is spread out.
    if (node.type === 'list') expect(node.spread).toBe(false);
    if (node.type === 'text') expect(node.value).not.toMatch(/@\w|(?<!request )#\d|\bGH-\d/i);
    if (node.type === 'link') expect(node.url).not.toContain('evil.example');
    expect(['image', 'imageReference', 'definition', 'footnoteDefinition']).not.toContain(node.type);
    if ('children' in node) node.children.forEach(visit);
  };
  blocks.forEach(visit);
  return { blocks, headings };
}
