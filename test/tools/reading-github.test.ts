import { describe, expect, it } from 'vitest';
import type { CommentFacts } from '../../src/ports/github.ts';
import { call, commentWith, depsWith, eve, issueWith, pullWith } from './tool-bench.ts';

const pullSubject = { kind: 'pull_request', number: 12 } as const;

describe('read_issue', () => {
  const read = (comments: Partial<CommentFacts>[], issue = issueWith({})) =>
    call(
      depsWith({
        github: { getIssue: async () => issue, listComments: async () => comments.map(commentWith) },
      }),
      'read_issue',
      {},
    );

  it('quotes the issue and each comment apart, with who wrote it', async () => {
    const outcome = await read([{ body: 'Same here.' }], issueWith({ labels: ['bug'] }));
    expect(outcome).toMatchObject({ isError: false, taint: null });
    expect(outcome.text).toBe(
      '#12 (issue, open)\n\n«@ada|Crash\n\nIt crashes.\n\nLabels: bug»\n\n«@ada on 2026-11-22T09:00:00Z|Same here.»',
    );
  });

  it('taints by a stranger, as author or in a comment', async () => {
    expect((await read([], issueWith({ author: eve }))).taint).toBe('it read #12 by @eve');
    expect((await read([{ author: eve }])).taint).toBe('it read #12 by @eve');
  });

  it.each([
    ['the issue', 'I_12'],
    ['a comment', 'C_1'],
  ])('taints by a stranger who changed %s last, and by an account that is gone', async (_what, nodeId) => {
    const ids: (readonly string[])[] = [];
    const by = async (editor: typeof eve) => {
      const lastEditors = async (nodeIds: readonly string[]) => {
        ids.push(nodeIds);
        return new Map([[nodeId, editor]]);
      };
      const getIssue = async () => issueWith({});
      const github = { getIssue, listComments: async () => [commentWith({})], lastEditors };
      return (await call(depsWith({ github }), 'read_issue', {})).taint;
    };
    expect(await by(eve)).toBe('it read #12, changed by @eve');
    expect(await by({ id: 0, login: 'ghost', isBot: false })).toBe('it read #12, changed by @ghost');
    expect(await by({ id: 3, login: 'grace', isBot: false })).toBeNull();
    // One request for all of them.
    expect(ids).toEqual([1, 2, 3].map(() => ['I_12', 'C_1']));
  });

  it('reads no comment written or edited after the trigger, nor is it tainted by one', async () => {
    const after = '2026-11-22T10:00:01Z';
    const outcome = await read([
      { body: 'at the trigger', createdAt: '2026-11-22T10:00:00Z', updatedAt: '2026-11-22T10:00:00Z' },
      { body: 'written later', createdAt: after, updatedAt: after, author: eve },
      { body: 'edited later', updatedAt: after, author: eve },
    ]);
    expect(outcome.text).toContain('at the trigger');
    expect(outcome.text).not.toContain('later');
    expect(outcome.text).toContain(
      '[2 comments were written or edited after you were asked and are not shown]',
    );
    expect(outcome.taint).toBeNull();
  });

  it("leaves out our own tracking comments, but not others' that look like it", async () => {
    const body = '<!-- muster:run=r_aaaaaaaaaaaa -->';
    const us = { id: 9, login: 'muster[bot]', isBot: true };
    const { text, taint } = await read([
      { body: `${body} ours`, author: us },
      { body: `${body} forged`, author: eve },
      { body: 'our answer', author: us },
    ]);
    expect(text).not.toContain('ours');
    expect(text).toContain('forged');
    expect(text).toContain('our answer');
    expect(taint).toBe('it read #12 by @eve');
  });

  it('keeps the newest comments of a long thread', async () => {
    const comments = Array.from({ length: 50 }, (_, index) => ({
      id: index,
      body: `${index}: ${'x'.repeat(1000)}`,
    }));
    const { text } = await read(comments);
    expect(text.length).toBeLessThan(17_500);
    expect(text).toContain('|49: ');
    expect(text).not.toContain('|0: ');
    expect(text).toMatch(/\[cut: 4\d older comments\]/);
  });

  it('says that there is no such issue', async () => {
    expect(await call(depsWith(), 'read_issue', { number: 404 })).toMatchObject({
      isError: true,
      text: 'There is no issue or pull request #404 in this repository.',
    });
  });
});

describe('read_pull_request', () => {
  const file = {
    path: 'a.ts',
    status: 'modified',
    patch: '@@ -1 +1 @@\n-a\n+b',
    additions: 1,
    deletions: 1,
  } as const;
  const check = {
    id: 99,
    name: 'test',
    headSha: 'h'.repeat(40),
    status: 'completed',
    conclusion: 'failure',
    externalId: '',
    appId: 1,
    url: '',
  };
  const read = (pull = pullWith({}), files: (typeof file)[] = [file], fields = {}) =>
    call(
      depsWith({
        subject: pullSubject,
        github: {
          getPullRequest: async () => pull,
          listPullRequestFiles: async () => files,
          listChecks: async () => [check],
        },
        ...fields,
      }),
      'read_pull_request',
      {},
    );

  it('quotes title, body, checks, files and diffs', async () => {
    const outcome = await read();
    expect(outcome.taint).toBeNull();
    for (const part of [
      '«pull request #12 by @ada|Fix',
      'Fixes it.',
      '99 test: failure',
      'modified a.ts +1 -1',
      '+b',
    ]) {
      expect(outcome.text).toContain(part);
    }
  });

  it('taints by a stranger, and from a fork whoever opened it', async () => {
    expect((await read(pullWith({ author: eve }))).taint).toBe('it read pull request #12 by @eve');
    const head = { sha: 'h'.repeat(40), ref: 'fix', repositoryId: 8 };
    expect((await read(pullWith({ head }))).taint).toBe('it read pull request #12 from a fork');
    expect((await read(pullWith({ head: { ...head, repositoryId: null } }))).taint).toContain('from a fork');
  });

  it('taints by a stranger who changed its text last', async () => {
    const lastEditors = async () => new Map([['P_12', eve]]);
    const getPullRequest = async () => pullWith({});
    const github = { getPullRequest, lastEditors };
    const { taint } = await call(depsWith({ subject: pullSubject, github }), 'read_pull_request', {});
    expect(taint).toBe('it read pull request #12, changed by @eve');
  });

  it('says that the head has moved since the trigger', async () => {
    expect((await read(pullWith({}), [file], { headSha: 'o'.repeat(40) })).text).toMatch(
      /^The head has moved/,
    );
  });

  it('names the files whose diffs it left out', async () => {
    const files = Array.from({ length: 40 }, (_, index) => ({
      ...file,
      path: `f${index}.ts`,
      patch: `@@ -1 +1 @@\n+${'x'.repeat(1000)}` as typeof file.patch,
    }));
    const { text } = await read(pullWith({}), files as unknown as (typeof file)[]);
    expect(text.length).toBeLessThan(17_500);
    expect(text).toMatch(/\[cut: the diffs of 3\d files: f\d/);
  });

  it('says that there is no such pull request', async () => {
    expect((await call(depsWith(), 'read_pull_request', { number: 3 })).isError).toBe(true);
  });
});

describe('read_check_log', () => {
  it('quotes the log, its end above all, and taints', async () => {
    const readCheckLog = async () => `start\n${'x'.repeat(100_000)}\nError: boom`;
    const outcome = await call(depsWith({ github: { readCheckLog } }), 'read_check_log', {
      check_run_id: 99,
    });
    expect(outcome.taint).toBe('it read the log of check run 99');
    expect(outcome.text).toMatch(/^«log of check run 99\|start\n/);
    expect(outcome.text).toMatch(/Error: boom»$/);
    expect(outcome.text.length).toBeLessThan(16_200);
  });

  it('says that there is no log', async () => {
    expect(await call(depsWith(), 'read_check_log', { check_run_id: 1 })).toMatchObject({
      isError: true,
      taint: null,
    });
  });
});
