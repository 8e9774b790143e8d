import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveThread, reviewThreads } from '../../src/simulator/graphql/reviews.ts';
import type { PullRequest, ReviewComment, User } from '../../src/simulator/model.ts';
import { findUser } from '../../src/simulator/state.ts';
import { agentFile, cassetteOf, turn, verdict } from './support/replies.ts';
import { openScene, REPOSITORY, type Scene } from './support/scene.ts';

const TAX = 'export function untax(total, rate) {\n  return total / rate;\n}\n';
const FEE = 'export function fee(total) {\n  return total * 0.1 + 0.1;\n}\n';

type Said = { path: string; line: number; body: string };

/** A review that is asked for by one word. */
function review(word: string, comments: Said[]) {
  const proposal = { event: 'COMMENT', body: `Looked at it: ${word}.`, comments };
  return turn('reviewer', 0, [['propose_review', proposal]], [`please ${word}`]);
}

const zero = (line: number, body = 'This divides by zero.'): Said => ({ path: 'src/tax.js', line, body });
const fee = (line: number): Said => ({ path: 'src/fee.js', line, body: 'The fee is added twice.' });

let scene: Scene;
let pull: number;
beforeAll(async () => {
  scene = await openScene({
    files: { '.github/agents/reviewer.md': agentFile('reviewer', '{ review: 1 }') },
    cassette: cassetteOf(
      review('begin', [zero(2)]),
      review('again', [zero(4, 'A rate of 0 gives Infinity here.'), fee(2)]),
      review('repeat', [zero(4), fee(2)]),
      review('insist', [zero(4, 'Still: Infinity.'), fee(2)]),
      review('afresh', [zero(4), fee(2)]),
      turn('reviewer', 1, []),
      verdict('reviewer', ['asked'], 0.9, 'Looked at it'),
    ),
  });
  const ada = scene.simulator.as('ada');
  await ada.push(REPOSITORY, 'tax', { 'src/tax.js': TAX });
  const opened = await ada.openPullRequest(REPOSITORY, { title: 'Untax', body: 'Adds it.', head: 'tax' });
  pull = opened.number;
});
afterAll(async () => scene.close());

function changes(): PullRequest {
  const found = scene.issue(pull).pull;
  if (found === null) throw new Error('no pull request');
  return found;
}

/** What our own reviews said on lines, oldest first. */
function posted(): string[] {
  return changes()
    .reviewComments.filter(({ author }) => author.login === 'muster[bot]')
    .map(({ path, body }) => `${path}: ${body.split('\n')[0]}`);
}

/** Asks for a review, and gives the tracking comment of its run at the end. */
async function ask(word: string): Promise<string> {
  const tracked = (): string[] =>
    scene
      .issue(pull)
      .comments.map(({ body }) => body)
      .filter((body) => body.includes('<!-- muster:run='));
  const before = tracked().length;
  scene.simulator.as('ada').comment(REPOSITORY, pull, `/agent reviewer please ${word}`);
  return scene.until(`the end of ${word}: ${tracked().at(-1) ?? ''}`, () => {
    const body = tracked()[before];
    return body !== undefined && /^### \S+ (done|failed)/m.test(body) ? body : null;
  });
}

function thread(text: string) {
  const found = reviewThreads(changes()).find(({ root }) => root.body.startsWith(text));
  if (found === undefined) throw new Error(`no thread begins with ${text}`);
  return found;
}

function grace(): User {
  const user = findUser(scene.simulator.state, 'grace');
  if (user === null) throw new Error('nobody is called grace');
  return user;
}

function reply(to: ReviewComment, author: User, body: string): void {
  changes().reviewComments.push({ ...to, id: to.id + 500_000, author, body, inReplyToId: to.id });
}

describe('a pull request that is reviewed again', () => {
  it('gets, after a push, only the findings that are new', async () => {
    await ask('begin');
    expect(posted()).toEqual(['src/tax.js: This divides by zero.']);
    await scene.simulator
      .as('ada')
      .push(REPOSITORY, 'tax', { 'src/tax.js': `// Taxes.\n\n${TAX}`, 'src/fee.js': FEE });
    const comment = await ask('again');
    expect(posted()).toEqual(['src/tax.js: This divides by zero.', 'src/fee.js: The fee is added twice.']);
    expect(comment).toContain('1 already there');
  });

  it('gets no review of which nothing is new, and the run says so', async () => {
    const reviews = changes().reviews.length;
    const comment = await ask('repeat');
    expect(changes().reviews).toHaveLength(reviews);
    expect(comment).toContain('nothing to do: earlier reviews said all of it already');
    expect(comment).toContain('2 already there');
    expect(scene.check(changes().head.sha, 'muster/gate')).toMatchObject({ conclusion: 'success' });
  });

  it('is not told again what a person resolved or declined', async () => {
    resolveThread(thread('The fee'), grace());
    reply(thread('This divides').root, grace(), "Won't fix: the rate is never 0.");
    const comment = await ask('insist');
    expect(posted()).toHaveLength(2);
    expect(comment).toContain('1 resolved by a person, 1 declined by a person');
  });

  it('is told again once that code has changed', async () => {
    await scene.simulator.as('ada').push(REPOSITORY, 'tax', {
      'src/tax.js': `// Taxes.\n\n${TAX.replace('total / rate', '2 * total / rate')}`,
    });
    const comment = await ask('afresh');
    expect(posted().slice(2)).toEqual(['src/tax.js: This divides by zero.']);
    expect(comment).toContain('1 resolved by a person');
  });
});
