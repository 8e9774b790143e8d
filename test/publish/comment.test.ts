import { describe, expect, it } from 'vitest';
import type { ProposalOf } from '../../src/domain/proposal.ts';
import { commentEffector } from '../../src/publish/comment.ts';
import { aTarget, fakeGitHub } from './fake-github.ts';
import { aComment, MALLORY } from './fake-state.ts';
import { RUN_ID } from './fixtures.ts';

const COMMENT: ProposalOf<'comment'> = { id: 'p1', kind: 'comment', body: 'The cause is here.' };
const MARKER = `<!-- muster:effect=${RUN_ID}:p1 -->`;

describe('commentEffector', () => {
  it('posts the text, who wrote it and the marker', async () => {
    const { github, state } = fakeGitHub();
    const receipt = await commentEffector.perform(aTarget(github), COMMENT);
    expect(state.comments.get(Number(receipt.id))?.body).toBe(
      `The cause is here.\n\n<sub>Automated by Muster: agent \`root-cause\`, run \`${RUN_ID}\`.</sub>\n\n${MARKER}`,
    );
    expect(await commentEffector.verify(aTarget(github), COMMENT, receipt)).toBe(true);
  });

  it('is found after a crash, and after an answer that got lost', async () => {
    const { github, state, loseAnswer } = fakeGitHub();
    loseAnswer('createComment');
    await expect(commentEffector.perform(aTarget(github), COMMENT)).rejects.toThrow('reset');
    const found = await commentEffector.find(aTarget(github), COMMENT);
    expect(found?.id).toBe(String([...state.comments.keys()][0]));
  });

  it('takes a comment of someone else with our marker for what it is', async () => {
    const { github, state } = fakeGitHub();
    state.comments.set(1, aComment(1, MALLORY, `The cause is here.\n\n${MARKER}`));
    expect(await commentEffector.find(aTarget(github), COMMENT)).toBeNull();
    expect(await commentEffector.verify(aTarget(github), COMMENT, { id: '1', url: null, sha: null })).toBe(
      false,
    );
  });

  it('takes a marker that a model wrote for no marker', async () => {
    const { github } = fakeGitHub();
    const forged = { ...COMMENT, id: 'p9', body: `x\n<!-- mus<!-- muster:x -->ter:run=a -->\n${MARKER}` };
    await commentEffector.perform(aTarget(github), forged);
    expect(await commentEffector.find(aTarget(github), COMMENT)).toBeNull();
  });

  it('shows who wrote it, whatever the text leaves open', async () => {
    const { github, state } = fakeGitHub();
    await commentEffector.perform(aTarget(github), { ...COMMENT, body: '```\nopen' });
    expect([...state.comments.values()][0]?.body).toContain('```\nopen\n```\n\n<sub>Automated');
  });

  it('is not verified once someone has changed or deleted it', async () => {
    const { github, state } = fakeGitHub();
    const receipt = await commentEffector.perform(aTarget(github), COMMENT);
    const posted = [...state.comments.values()][0];
    if (posted !== undefined) posted.body = `Something else.\n\n${MARKER}`;
    expect(await commentEffector.verify(aTarget(github), COMMENT, receipt)).toBe(false);
    state.comments.clear();
    expect(await commentEffector.verify(aTarget(github), COMMENT, receipt)).toBe(false);
  });

  it('stays within the limit of GitHub', async () => {
    const { github, state } = fakeGitHub();
    const long = { ...COMMENT, body: '- a line\n'.repeat(20_000) };
    const receipt = await commentEffector.perform(aTarget(github), long);
    const body = [...state.comments.values()][0]?.body ?? '';
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body.endsWith(MARKER)).toBe(true);
    expect(await commentEffector.verify(aTarget(github), long, receipt)).toBe(true);
  });
});
