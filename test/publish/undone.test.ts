import { describe, expect, it } from 'vitest';
import type { ProposalOf } from '../../src/domain/proposal.ts';
import type { ChangeFacts } from '../../src/ports/github-changes.ts';
import { assignEffector } from '../../src/publish/assign.ts';
import { closeEffector } from '../../src/publish/close.ts';
import { commentEffector } from '../../src/publish/comment.ts';
import { labelsEffector } from '../../src/publish/labels.ts';
import { aTarget, fakeGitHub } from './fake-github.ts';
import { MALLORY, NOW, US } from './fake-state.ts';

const LABELS: ProposalOf<'labels'> = { id: 'p1', kind: 'labels', add: ['Bug'], remove: ['new'] };
const ASSIGN: ProposalOf<'assign'> = { id: 'p1', kind: 'assign', logins: ['Ada'] };
const CLOSE: ProposalOf<'close'> = { id: 'p1', kind: 'close', reason: 'completed' };
const COMMENT: ProposalOf<'comment'> = { id: 'p1', kind: 'comment', body: 'Here.' };

const byMallory = (kind: ChangeFacts['kind'], of: string): ChangeFacts => ({
  kind,
  actor: MALLORY,
  of,
  createdAt: NOW,
});

type Effect = (scene: ReturnType<typeof fakeGitHub>) => {
  perform(): Promise<unknown>;
  wasUndone(): Promise<boolean>;
};

const EFFECTS: Record<string, Effect> = {
  labels: ({ github }) => ({
    perform: async () => labelsEffector.perform(aTarget(github), LABELS),
    wasUndone: async () => (await labelsEffector.wasUndone?.(aTarget(github), LABELS, NOW)) === true,
  }),
  assign: ({ github }) => ({
    perform: async () => assignEffector.perform(aTarget(github), ASSIGN),
    wasUndone: async () => (await assignEffector.wasUndone?.(aTarget(github), ASSIGN, NOW)) === true,
  }),
  close: ({ github }) => ({
    perform: async () => closeEffector.perform(aTarget(github), CLOSE),
    wasUndone: async () => (await closeEffector.wasUndone?.(aTarget(github), CLOSE, NOW)) === true,
  }),
};

describe('what we did and somebody took back', () => {
  it.each([
    ['labels', byMallory('unlabeled', 'bug')],
    ['labels', byMallory('labeled', 'new')],
    ['assign', byMallory('unassigned', 'ada')],
    ['close', byMallory('reopened', '')],
  ])('counts as undone (%s, %o)', async (kind, change) => {
    const scene = fakeGitHub();
    scene.state.issues.get(12)?.labels.push('new');
    const effect = EFFECTS[kind]?.(scene);
    await effect?.perform();
    expect(await effect?.wasUndone()).toBe(false);
    scene.state.changes.push(change);
    expect(await effect?.wasUndone()).toBe(true);
  });

  it.each([
    ['labels', byMallory('unlabeled', 'Bug')],
    ['assign', byMallory('unassigned', 'Ada')],
    ['close', byMallory('reopened', '')],
  ])('does not count where we had not done it yet (%s)', async (kind, change) => {
    const scene = fakeGitHub();
    scene.state.changes.push(change);
    expect(await EFFECTS[kind]?.(scene).wasUndone()).toBe(false);
  });

  it('does not count where somebody else had done it, or we took it back ourselves', async () => {
    const scene = fakeGitHub();
    scene.state.changes.push(byMallory('labeled', 'Bug'), byMallory('unlabeled', 'Bug'));
    const effect = EFFECTS['labels']?.(scene);
    expect(await effect?.wasUndone()).toBe(false);
    await effect?.perform();
    scene.state.changes.push({ ...byMallory('unlabeled', 'Bug'), actor: US });
    expect(await effect?.wasUndone()).toBe(false);
  });

  it('is, among comments, any of ours that somebody deleted', async () => {
    const { github, state } = fakeGitHub();
    const wasUndone = async () => commentEffector.wasUndone?.(aTarget(github), COMMENT, NOW);
    state.changes.push(byMallory('comment_deleted', MALLORY.login));
    expect(await wasUndone()).toBe(false);
    state.changes.push({ ...byMallory('comment_deleted', US.login), actor: US });
    expect(await wasUndone()).toBe(false);
    state.changes.push(byMallory('comment_deleted', US.login));
    expect(await wasUndone()).toBe(true);
  });
});
