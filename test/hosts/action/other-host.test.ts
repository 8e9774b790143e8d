import { describe, expect, it } from 'vitest';
import { otherHost } from '../../../src/hosts/action/other-host.ts';
import type { CommentFacts } from '../../../src/ports/github.ts';

const OURS = { appId: null, login: 'github-actions[bot]' };
const MARKED = 'Working.\n\n<!-- muster:run=r_aaaaaaaaaaaa -->';

function comment(login: string, body: string, isBot = login.endsWith('[bot]')): CommentFacts {
  const at = '2026-01-01T00:00:00Z';
  const author = { id: 1, login, isBot };
  return { id: 1, nodeId: 'IC_1', body, author, url: '', createdAt: at, updatedAt: at };
}

describe('otherHost', () => {
  it('finds the App that keeps a tracking comment', () => {
    expect(otherHost([comment('ada', 'Hi'), comment('muster[bot]', `${MARKED}\n`)], OURS)).toBe(
      'muster[bot]',
    );
  });

  it.each([
    ['a person who writes the marker', comment('ada', MARKED)],
    ['our own comment', comment('github-actions[bot]', MARKED)],
    ['an App that quotes the marker', comment('other[bot]', `> ${MARKED}\n\nis strange`)],
    ['an App with another marker', comment('other[bot]', '<!-- muster:effect=r_aaaaaaaaaaaa:p1 -->')],
  ])('is not misled by %s', (_name, found) => {
    expect(otherHost([found], OURS)).toBeNull();
  });
});
