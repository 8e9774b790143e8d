import { codeSpan, cutMarkdown, oneLine, wholeOf } from './markdown.ts';
import { effectMarker, stripMarkers } from './markers.ts';
import { closersOf } from './open-blocks.ts';
import type { Signature } from './target.ts';

/** GitHub's limit for comments and for the bodies of issues, pull requests and reviews, in characters. */
export const MAX_BODY = 65_536;

/** Room for what stands under a text: the line that says who wrote it, the marker, and what is said of a cut. */
const MAX_TAIL = 1000;

/** How long a text may be that is published uncut, whatever stands under it. */
export const MAX_UNCUT = MAX_BODY - MAX_TAIL;

/** The line under everything that is published: GitHub's rules ask that automation names itself. */
export function automationLine(agent: string, runId: string): string {
  return `<sub>Automated by Muster: agent ${codeSpan(agent)}, run ${codeSpan(runId)}.</sub>`;
}

/**
 * A proposal's text as it is published: without our markers, within GitHub's limit, under it the line that
 * says who wrote it, and last the marker that finds it again.
 *
 * @param closing Markdown of our own between the text and that line.
 */
export function signedText(text: string, target: Signature, proposalId: string, closing = ''): string {
  const tail = [
    ...(closing === '' ? [] : [closing]),
    automationLine(target.agent, target.runId),
    effectMarker(target.runId, proposalId),
  ].join('\n\n');
  const room = MAX_BODY - tail.length - 2;
  const head = cutMarkdown(
    stripMarkers(text).trim(),
    room,
    'characters',
    wholeOf(target.runId, target.wholeUrl),
  );
  return head === '' ? tail : `${head}\n\n${tail}`;
}

/** What `signedText` makes longer by closing what is left open counts, too. */
export function isUncut(text: string, closing = ''): boolean {
  return text.length + closersOf(text).length + closing.length <= MAX_UNCUT;
}

/** A title of an issue or a pull request: one line, at most 256 characters (GitHub's limit). */
export function titleLine(title: string): string {
  return oneLine(stripMarkers(title), 256) || 'Untitled';
}

/** True for texts that differ in nothing but white space and invisible characters, which GitHub may change. */
export function isSameText(left: string, right: string): boolean {
  return squeeze(left) === squeeze(right);
}

function squeeze(text: string): string {
  return text.replaceAll(/[\s\p{C}\uFFFD]+/gu, '');
}
