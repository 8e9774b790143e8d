import { afterEach, describe, expect, it } from 'vitest';
import type { GitHub } from '../../../src/ports/github.ts';
import {
  githubAt,
  repositoryAnswer,
  startStub,
  type Stub,
  type StubAnswer,
  type StubRequest,
} from './stub-github.ts';

let stub: Stub;

afterEach(() => stub.close());

async function github(answer: (request: StubRequest) => StubAnswer | null | undefined): Promise<GitHub> {
  stub = await startStub((request) =>
    request.url === '/repositories/42' ? repositoryAnswer() : answer(request),
  );
  return githubAt(stub);
}

function pageOf({ url }: StubRequest): number {
  return Number(new URL(url, stub.baseUrl).searchParams.get('page') ?? 1);
}

function labeled(id: number, name: string) {
  return {
    id,
    event: 'labeled',
    label: { name },
    actor: { id: 9, login: 'ada' },
    created_at: '2026-01-01T00:00:00Z',
  };
}

describe('lastLabelEvent', () => {
  it('reads from the last page back, and stops at the first find', async () => {
    const pages = [[labeled(1, 'agent:x')], [labeled(2, 'Agent:X'), labeled(3, 'bug')], [labeled(4, 'bug')]];
    const subject = await github((request) => ({
      headers: { link: `<${stub.baseUrl}/repositories/42/issues/1/events?per_page=100&page=3>; rel="last"` },
      body: pages[pageOf(request) - 1],
    }));
    expect(await subject.lastLabelEvent(1, 'agent:x')).toEqual({
      id: 2,
      actor: { id: 9, login: 'ada', isBot: false },
      createdAt: '2026-01-01T00:00:00Z',
    });
    expect(stub.requests.slice(1).map(pageOf)).toEqual([1, 3, 2]);
  });

  it('takes the newest of one page', async () => {
    const subject = await github(() => ({
      body: [labeled(1, 'x'), labeled(2, 'x'), { ...labeled(3, 'x'), event: 'unlabeled' }],
    }));
    expect((await subject.lastLabelEvent(1, 'x'))?.id).toBe(2);
  });
});

describe('permissionOf', () => {
  const answers: [string, object, string][] = [
    ['maintain behind permission write', { permission: 'write', role_name: 'maintain' }, 'maintain'],
    [
      'a custom role by its booleans',
      {
        permission: 'write',
        role_name: 'gardener',
        user: { permissions: { pull: true, triage: true, push: false, maintain: false, admin: false } },
      },
      'triage',
    ],
    ['nothing readable', { permission: 'x', role_name: 'y' }, 'none'],
  ];

  it.each(answers)('reads %s', async (_what, body, level) => {
    const subject = await github(() => ({ body }));
    expect(await subject.permissionOf('ada')).toBe(level);
  });

  it('is none for people without access, and no guess where GitHub can’t say', async () => {
    const subject = await github(({ url }) =>
      url.includes('/ghost/') ? undefined : { status: 500, body: {} },
    );
    expect(await subject.permissionOf('ghost')).toBe('none');
    await expect(subject.permissionOf('ada')).rejects.toMatchObject({ code: 'github_unavailable' });
  });
});

describe('findPullRequests', () => {
  it('leaves out what only has the branch’s name: forks in the same organisation', async () => {
    const pull = (number: number, repositoryId: number | null, ref = 'muster/a/1-x') => ({
      number,
      node_id: `PR_${number}`,
      title: 't',
      body: null,
      state: 'closed',
      merged_at: '2026-01-01T00:00:00Z',
      user: null,
      head: { sha: 'a', ref, repo: repositoryId === null ? null : { id: repositoryId } },
      base: { sha: 'b', ref: 'main' },
      html_url: 'u',
      updated_at: '2026-01-01T00:00:00Z',
    });
    const subject = await github(() => ({
      body: [pull(4, 99), pull(3, null), pull(2, 42), pull(1, 42, 'other')],
    }));
    const found = await subject.findPullRequests('muster/a/1-x');
    expect(found.map(({ number }) => number)).toEqual([2]);
    expect(found[0]).toMatchObject({
      isMerged: true,
      isDraft: false,
      body: '',
      author: { id: 0, login: 'ghost' },
    });
    expect(stub.asked()[1]).toContain('head=octo%3Amuster%2Fa%2F1-x');
    expect(stub.asked()[1]).toContain('state=all');
  });
});

describe('pages', () => {
  it('follows them to the end, and a pull request’s files no further than GitHub does', async () => {
    const files = Array.from({ length: 100 }, (_, index) => ({
      filename: `${index}`,
      status: 'added',
      additions: 1,
      deletions: 0,
    }));
    const subject = await github((request) => ({
      headers: {
        link: `<${stub.baseUrl}/repositories/42/pulls/1/files?page=${pageOf(request) + 1}>; rel="next"`,
      },
      body: files,
    }));
    expect(await subject.listPullRequestFiles(1)).toHaveLength(3000);
    expect(stub.requests).toHaveLength(31);
  });
});

describe('files', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  it('reads text, and nothing for a folder, a submodule or a missing path', async () => {
    const subject = await github(({ url }) => {
      if (url.includes('README.md'))
        return { body: { type: 'file', encoding: 'base64', content: base64('# é') } };
      if (url.includes('module')) return { body: { type: 'submodule' } };
      if (url.endsWith('/contents')) return { body: [{ type: 'file', path: 'README.md' }] };
      if (!url.includes('docs')) return undefined;
      return {
        body: [
          { type: 'file', path: 'docs/a.md' },
          { type: 'dir', path: 'docs/b' },
        ],
      };
    });
    expect(await subject.readFile('README.md', null)).toBe('# é');
    expect(await subject.readFile('docs', 'main')).toBeNull();
    expect(await subject.readFile('module', null)).toBeNull();
    expect(await subject.readFile('missing', null)).toBeNull();
    expect(await subject.listFolder('docs', null)).toEqual(['docs/a.md']);
    expect(await subject.listFolder('', null)).toEqual(['README.md']);
    expect(await subject.listFolder('missing', null)).toEqual([]);
  });

  it('refuses a file that GitHub doesn’t answer whole', async () => {
    const subject = await github(() => ({
      body: { type: 'file', encoding: 'none', content: '', size: 2_000_000 },
    }));
    await expect(subject.readFile('big.yml', null)).rejects.toMatchObject({ code: 'github_invalid' });
  });
});

describe('reviews', () => {
  it('sends comments on the new side, and reads those of one review with their lines', async () => {
    const review = {
      id: 1,
      node_id: 'R',
      user: null,
      state: 'SURPRISE',
      body: '',
      commit_id: 'a',
      html_url: 'u',
    };
    const comment = {
      path: 'a',
      body: 'b',
      html_url: 'u',
      line: null,
      original_line: 3,
      pull_request_review_id: 1,
    };
    const subject = await github(({ method }) =>
      method === 'POST' ? { body: review } : { body: [comment, { ...comment, pull_request_review_id: 2 }] },
    );
    const input = {
      event: 'COMMENT' as const,
      body: 'b',
      comments: [{ path: 'a', line: 3, body: 'b' }],
      commitSha: 'a',
    };
    expect((await subject.createReview(1, input)).state).toBe('COMMENTED');
    expect(stub.requests[1]?.body).toEqual({
      event: 'COMMENT',
      body: 'b',
      commit_id: 'a',
      comments: [{ path: 'a', line: 3, body: 'b', side: 'RIGHT' }],
    });
    expect(await subject.listReviewComments(1, 1)).toEqual([{ path: 'a', line: 3, body: 'b', url: 'u' }]);
  });
});

describe('dispatchWorkflow', () => {
  it('tells which run it started, where the server says so', async () => {
    const subject = await github(({ url }) =>
      url.includes('deploy.yml')
        ? { body: { workflow_run_id: 12, run_url: 'x', html_url: 'u' } }
        : { status: 204 },
    );
    expect(await subject.dispatchWorkflow('deploy.yml', 'main', { a: 'b' })).toEqual({ id: 12, url: 'u' });
    expect(await subject.dispatchWorkflow('old.yml', 'main', {})).toBeNull();
  });
});

describe('git data', () => {
  it('takes refs in full only', async () => {
    const subject = await github(() => ({ status: 201, body: {} }));
    await expect(subject.createRef('heads/main', 'a')).rejects.toMatchObject({ code: 'github_invalid' });
    await subject.createRef('refs/muster/r_a', 'a');
    expect(stub.requests[1]?.body).toEqual({ ref: 'refs/muster/r_a', sha: 'a' });
  });

  it('makes commits without author and committer, so that GitHub signs them', async () => {
    const subject = await github(() => ({ status: 201, body: { sha: 'c' } }));
    await subject.createCommit('m', 't', ['p']);
    expect(stub.requests[1]?.body).toEqual({ message: 'm', tree: 't', parents: ['p'] });
  });
});
