import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.dispose());

const REACT = `mutation ($id: ID!, $content: ReactionContent!) {
  addReaction(input: { subjectId: $id, content: $content, clientMutationId: "m1" }) {
    clientMutationId reaction { content user { login } } subject { id }
  }
}`;

describe('addReaction', () => {
  it('reacts to whatever can be reacted to, once', async () => {
    const { pull } = world.pull;
    const [comment] = world.issue.comments;
    const [review] = pull?.reviews ?? [];
    const [line] = pull?.reviewComments ?? [];
    const targets = [
      { id: world.issue.nodeId, of: world.issue },
      { id: pull?.nodeId, of: world.pull },
      { id: comment?.nodeId, of: comment },
      { id: review?.nodeId, of: review },
      { id: line?.nodeId, of: line },
    ];
    const caller = world.bot({ issues: 'write', pull_requests: 'write' });
    for (const { id, of } of targets) {
      for (let time = 0; time < 2; time += 1) {
        const { data, errors } = await world.ask(caller, REACT, { id, content: 'EYES' });
        expect(errors).toBeUndefined();
        expect(data?.['addReaction']).toMatchObject({
          clientMutationId: 'm1',
          reaction: { content: 'EYES' },
          subject: { id },
        });
      }
      expect(of?.reactions.map((entry) => [entry.user.login, entry.content])).toEqual([
        ['muster[bot]', 'eyes'],
      ]);
    }
    expect(world.emitted).toEqual([]);
  });

  it('needs the permission of what it reacts to', async () => {
    const variables = { id: world.issue.nodeId, content: 'CONFUSED' };
    const answer = await world.ask(world.bot({ pull_requests: 'write', issues: 'read' }), REACT, variables);
    expect(answer).toMatchObject({
      data: { addReaction: null },
      errors: [{ type: 'FORBIDDEN', path: ['addReaction'] }],
    });
    expect(world.issue.reactions).toEqual([]);
  });

  it('knows no subject that is gone, and none that takes no reactions', async () => {
    for (const id of ['IC_gone', world.repository.nodeId, world.ada.nodeId]) {
      const { errors } = await world.ask(world.person(world.ada), REACT, { id, content: 'EYES' });
      expect(errors).toMatchObject([{ type: 'NOT_FOUND', path: ['addReaction'] }]);
    }
  });
});

describe('drafts', () => {
  const READY = `mutation ($id: ID!) {
    markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } } }`;
  const DRAFT = `mutation ($id: ID!) {
    convertPullRequestToDraft(input: { pullRequestId: $id }) { pullRequest { isDraft } } }`;

  it('turns a draft ready and back, and says so once each', async () => {
    const caller = world.bot({ pull_requests: 'write' });
    const variables = { id: world.pull.pull?.nodeId };
    for (const query of [READY, READY, DRAFT, DRAFT]) {
      const { data } = await world.ask(caller, query, variables);
      expect(Object.values(data ?? {})).toEqual([{ pullRequest: { isDraft: query === DRAFT } }]);
    }
    expect(world.emitted).toEqual(['pull_request.ready_for_review', 'pull_request.converted_to_draft']);
  });

  it('leaves the pull requests of others to writers', async () => {
    const variables = { id: world.pull.pull?.nodeId };
    const reader = world.person(world.addPerson('rea', 'read'));
    expect((await world.ask(reader, READY, variables)).errors).toMatchObject([{ type: 'FORBIDDEN' }]);
    const writer = world.person(world.addPerson('wri', 'write'));
    expect((await world.ask(writer, READY, variables)).errors).toBeUndefined();
  });

  it('takes a pull request and no issue', async () => {
    const { errors } = await world.ask(world.person(world.ada), READY, { id: world.issue.nodeId });
    expect(errors).toMatchObject([{ type: 'NOT_FOUND' }]);
  });
});

describe('minimizeComment', () => {
  const MINIMIZE = `mutation ($id: ID!) {
    minimizeComment(input: { subjectId: $id, classifier: OFF_TOPIC }) {
      minimizedComment { isMinimized minimizedReason } } }`;

  it('folds a comment, for people with triage', async () => {
    const variables = { id: world.issue.comments[0]?.nodeId };
    const reader = world.person(world.addPerson('rea', 'read'));
    expect((await world.ask(reader, MINIMIZE, variables)).errors).toMatchObject([{ type: 'FORBIDDEN' }]);
    const { data } = await world.ask(world.person(world.addPerson('tri', 'triage')), MINIMIZE, variables);
    expect(data).toEqual({
      minimizeComment: { minimizedComment: { isMinimized: true, minimizedReason: 'off-topic' } },
    });
    expect(world.issue.comments[0]?.isMinimized).toBe(true);
  });
});

describe('resolveReviewThread', () => {
  const THREADS = `{ repository(owner: "ada", name: "hello") { pullRequest(number: 2) {
    reviewThreads(first: 1) { nodes { id isResolved resolvedBy { login } } } } } }`;
  const RESOLVE = `mutation ($id: ID!) {
    resolveReviewThread(input: { threadId: $id }) { thread { isResolved } } }`;

  const threads = async (): Promise<unknown> =>
    (await world.ask(world.person(world.ada), THREADS)).data?.['repository'];

  it('resolves a thread once, and says so', async () => {
    const before = JSON.stringify(await threads());
    const id = /PRRT_\w+/.exec(before)?.[0] ?? '';
    for (let time = 0; time < 2; time += 1) {
      const { data } = await world.ask(world.person(world.ada), RESOLVE, { id });
      expect(data).toEqual({ resolveReviewThread: { thread: { isResolved: true } } });
    }
    expect(await threads()).toEqual({
      pullRequest: { reviewThreads: { nodes: [{ id, isResolved: true, resolvedBy: { login: 'ada' } }] } },
    });
    expect(world.emitted).toEqual(['pull_request_review_thread.resolved']);
    expect(world.events[0]?.payload).toMatchObject({ thread: { node_id: id, comments: [{ body: 'Why?' }] } });
  });

  it('asks Apps for write on contents', async () => {
    const id = /PRRT_\w+/.exec(JSON.stringify(await threads()))?.[0] ?? '';
    const { errors } = await world.ask(world.bot({ pull_requests: 'write' }), RESOLVE, { id });
    expect(errors).toMatchObject([{ type: 'FORBIDDEN' }]);
    expect((await world.ask(world.bot({ contents: 'write' }), RESOLVE, { id })).errors).toBeUndefined();
  });

  it('finds no thread that is not there', async () => {
    const { errors } = await world.ask(world.person(world.ada), RESOLVE, { id: 'PRRT_none' });
    expect(errors).toMatchObject([{ type: 'NOT_FOUND' }]);
  });
});
