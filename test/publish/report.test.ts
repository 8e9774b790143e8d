import { describe, expect, it } from 'vitest';
import type { Log } from '../../src/ports/log.ts';
import { MusterError } from '../../src/domain/errors.ts';
import { renderGateCheck } from '../../src/publish/checks.ts';
import { postAnswer, react, upsertChecks, upsertTrackingComment } from '../../src/publish/report.ts';
import { fakeGitHub } from './fake-github.ts';
import { aComment, MALLORY, US } from './fake-state.ts';
import { aRun, aView, RUN_ID } from './fixtures.ts';

const MARKER = `<!-- muster:run=${RUN_ID} -->`;
const since = '2026-11-22T11:00:00Z';
const input = { number: 12, runId: RUN_ID, body: `working\n\n${MARKER}`, knownId: null, since };

describe('upsertTrackingComment', () => {
  it('posts once, then edits in place', async () => {
    const { github, state } = fakeGitHub();
    const first = await upsertTrackingComment(github, input);
    const second = await upsertTrackingComment(github, {
      ...input,
      body: `done\n\n${MARKER}`,
      knownId: first.id,
    });
    expect(second.id).toBe(first.id);
    expect([...state.comments.values()].map((comment) => comment.body)).toEqual([`done\n\n${MARKER}`]);
  });

  it('finds its comment again after a lost answer', async () => {
    const { github, state, loseAnswer } = fakeGitHub();
    loseAnswer('createComment');
    await expect(upsertTrackingComment(github, input)).rejects.toThrow('reset');
    await upsertTrackingComment(github, input);
    expect(state.comments.size).toBe(1);
  });

  it('writes nothing where it shows that already', async () => {
    const { github, state } = fakeGitHub();
    const { id } = await upsertTrackingComment(github, input);
    await upsertTrackingComment(github, { ...input, knownId: id });
    expect(state.writes).toEqual(['createComment']);
  });

  it('posts again what someone deleted', async () => {
    const { github, state } = fakeGitHub();
    const { id } = await upsertTrackingComment(github, input);
    state.comments.clear();
    const again = await upsertTrackingComment(github, { ...input, knownId: id });
    expect(again.id).not.toBe(id);
    expect(state.comments.size).toBe(1);
  });

  it('posts again what someone deletes while it is edited', async () => {
    const { github, state, before } = fakeGitHub();
    const { id } = await upsertTrackingComment(github, input);
    before('updateComment', () => state.comments.clear());
    await upsertTrackingComment(github, { ...input, body: `done\n\n${MARKER}`, knownId: id });
    expect(state.comments.size).toBe(1);
  });

  it('edits no comment but its own, whatever id it was given', async () => {
    const { github, state } = fakeGitHub();
    state.comments.set(1, aComment(1, MALLORY, `mine\n\n${MARKER}`));
    state.comments.set(2, aComment(2, US, 'another run\n\n<!-- muster:run=r_zzzzzzzzzzzz -->'));
    state.comments.set(3, aComment(3, US, `quotes ${MARKER} in the middle`));
    for (const knownId of [1, 2, 3]) await upsertTrackingComment(github, { ...input, knownId });
    expect([1, 2, 3].map((id) => state.comments.get(id)?.body)).not.toContain(input.body);
    expect(state.comments.size).toBe(4);
  });
});

describe('postAnswer', () => {
  it('answers once for a trigger', async () => {
    const { github, state } = fakeGitHub();
    const answer = { number: 12, key: 'comment:5:0', text: 'Nothing waits here.', since };
    await postAnswer(github, answer);
    await postAnswer(github, answer);
    await postAnswer(github, { ...answer, key: 'comment:6:0' });
    expect(state.comments.size).toBe(2);
  });
});

describe('upsertChecks', () => {
  const content = renderGateCheck(aView('waiting'));

  it('creates a check once and updates it then', async () => {
    const { github, state } = fakeGitHub();
    await upsertChecks(github, 'head', { 'muster/gate': content });
    await upsertChecks(github, 'head', { 'muster/gate': renderGateCheck(aView('rejected')) });
    expect(state.checks).toHaveLength(1);
    expect(state.checks[0]).toMatchObject({ name: 'muster/gate', conclusion: 'failure' });
  });

  it('finds its check again after a lost answer', async () => {
    const { github, state, loseAnswer } = fakeGitHub();
    loseAnswer('createCheck');
    await expect(upsertChecks(github, 'head', { 'muster/gate': content })).rejects.toThrow('reset');
    await upsertChecks(github, 'head', { 'muster/gate': content });
    expect(state.checks).toHaveLength(1);
  });

  it('takes a check of another App with the same name for theirs', async () => {
    const { github, state } = fakeGitHub();
    const forged = {
      id: 1,
      name: 'muster/gate',
      headSha: 'head',
      status: 'completed',
      conclusion: 'success',
    };
    state.checks.push({ ...forged, externalId: RUN_ID, appId: 99, url: 'u' });
    await upsertChecks(github, 'head', { 'muster/gate': content });
    expect(state.checks.map((check) => [check.appId, check.conclusion])).toEqual([
      [99, 'success'],
      [5, 'action_required'],
    ]);
  });

  it('goes by the run ids in the Action, which has no App id', async () => {
    const { github, state } = fakeGitHub(null);
    await upsertChecks(github, 'head', { 'muster/gate': content });
    await upsertChecks(github, 'head', { 'muster/gate': { ...content, externalId: `r_new,${RUN_ID}` } });
    expect(state.checks).toHaveLength(1);
    const other = { ...aRun('done').request, runId: 'r_zzzzzzzzzzzz' };
    const foreign = renderGateCheck(aView('done', { run: aRun('done', { request: other }) }));
    await upsertChecks(github, 'head', { 'muster/gate': foreign });
    expect(state.checks).toHaveLength(2);
  });
});

describe('react', () => {
  it('fails no run, and is logged', async () => {
    const warnings: string[] = [];
    const ignore = (): void => {};
    const log: Log = { debug: ignore, info: ignore, error: ignore, warn: (text) => void warnings.push(text) };
    const refused = { react: () => Promise.reject(new MusterError('github_forbidden', 'no')) };
    await react({ github: refused, log }, 'C_1', 'eyes');
    expect(warnings).toEqual(['reaction failed']);
  });
});
