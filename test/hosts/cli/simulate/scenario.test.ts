import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { fitPayload, moveToNow } from '../../../../src/hosts/cli/simulate/fit-payload.ts';
import { readScenario } from '../../../../src/hosts/cli/simulate/scenario.ts';

interface Example {
  name: string;
  examples: Record<string, unknown>[];
}

const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as Example[];
const NOW = new Date('2026-11-22T12:00:00Z');

const owner = { id: 1, login: 'acme', type: 'Organization' };
const repository = { id: 7, name: 'shop', owner, private: true, default_branch: 'trunk' };
const ada = { id: 11, login: 'ada', type: 'User' };
const issue = {
  number: 5,
  node_id: 'I_5',
  title: 'Broken',
  body: 'It is.',
  user: ada,
  labels: [{ name: 'bug' }],
};

describe('the world of a payload', () => {
  it("is read from every one of GitHub's sample payloads that names a repository", () => {
    const missing = examples.flatMap(({ name, examples: bodies }) =>
      bodies.filter((body) => 'repository' in body && readScenario(body, NOW) === null).map(() => name),
    );
    expect([...new Set(missing)]).toEqual([]);
  });

  it('has the repository, the issue and who put the label on', () => {
    const payload = { action: 'labeled', repository, issue, label: { name: 'agent:triager' }, sender: ada };
    expect(readScenario(payload, NOW)).toMatchObject({
      repository: { id: 7, name: 'shop', isPrivate: true, defaultBranch: 'trunk', owner: { login: 'acme' } },
      thread: { number: 5, nodeId: 'I_5', title: 'Broken', body: 'It is.', labels: ['bug'], pull: null },
      people: [{ account: { login: 'ada' }, role: 'write' }],
      label: { name: 'agent:triager', by: { login: 'ada' } },
    });
  });

  it.each([
    ['OWNER', 'admin'],
    ['MEMBER', 'write'],
    ['COLLABORATOR', 'write'],
    ['CONTRIBUTOR', null],
    ['NONE', null],
  ])('lets a commenter who is %s have %s', (association, role) => {
    const comment = { id: 3, body: '/agent triager', user: ada, author_association: association };
    const payload = { action: 'created', repository, issue: { ...issue, user: owner }, comment, sender: ada };
    const found = readScenario(payload, NOW)?.people.find(({ account }) => account.login === 'ada');
    expect(found?.role).toBe(role);
  });

  it('gives a stranger who opens an issue no role', () => {
    const payload = {
      action: 'opened',
      repository,
      issue: { ...issue, author_association: 'NONE' },
      sender: ada,
    };
    expect(readScenario(payload, NOW)?.people).toMatchObject([{ account: { login: 'ada' }, role: null }]);
  });

  it('makes the owner of the repository its administrator, whatever the association says', () => {
    const payload = {
      repository,
      issue: { ...issue, user: owner, author_association: 'NONE' },
      sender: owner,
    };
    expect(readScenario(payload, NOW)?.people).toMatchObject([{ account: { login: 'acme' }, role: 'admin' }]);
  });

  it('tells a pull request of a fork by the repository of its head', () => {
    const pull = (id: number) => ({
      ...issue,
      head: { ref: 'fix', sha: 'a', repo: { id } },
      base: { ref: 'trunk', sha: 'b', repo: { id: 7 } },
    });
    const thread = (id: number) => readScenario({ repository, pull_request: pull(id) }, NOW)?.thread;
    expect(thread(7)?.pull).toMatchObject({ headRef: 'fix', isFork: false });
    expect(thread(8)?.pull).toMatchObject({ headRef: 'fix', isFork: true });
  });

  it('takes the number of a dispatch for its issue', () => {
    const payload = {
      action: 'muster',
      repository,
      client_payload: { agent: 'triager', issue: 9 },
      sender: ada,
    };
    expect(readScenario(payload, NOW)).toMatchObject({
      thread: { number: 9, pull: null },
      people: [{ role: 'write' }],
    });
  });

  it('stands in for a deleted account', () => {
    expect(readScenario({ repository, issue: { ...issue, user: null } }, NOW)?.thread?.author.login).toBe(
      'ghost',
    );
  });

  it('is none for what names no repository', () => {
    expect(readScenario({ action: 'created', installation: { id: 1 } }, NOW)).toBeNull();
    expect(readScenario(null, NOW)).toBeNull();
  });
});

describe('a stored payload', () => {
  it('moves to now with all its times, the distances between them kept', () => {
    const payload = {
      comment: { created_at: '2019-05-15T15:20:33Z', body: 'created_at' },
      issue: { closed_at: null, events: [{ created_at: '2019-05-15T15:20:00Z' }] },
    };
    expect(moveToNow(payload, '2019-05-15T15:20:33Z', NOW)).toEqual({
      comment: { created_at: '2026-11-22T12:00:00Z', body: 'created_at' },
      issue: { closed_at: null, events: [{ created_at: '2026-11-22T11:59:27Z' }] },
    });
  });

  it('stays as it is where GitHub tells no time, and where a time is none', () => {
    const payload = { pushed_at: 1_557_933_565, created_at: 'soon' };
    expect(moveToNow(payload, null, NOW)).toBe(payload);
    expect(moveToNow(payload, '2019-05-15T15:20:33Z', NOW)).toEqual(payload);
  });

  it("gets the simulated installation and head in the place of GitHub's", () => {
    const payload = {
      repository,
      pull_request: { head: { sha: 'gone', ref: 'fix' } },
      review: { commit_id: 'gone' },
    };
    expect(fitPayload(payload, { installationId: 4, headSha: 'here' })).toMatchObject({
      installation: { id: 4 },
      pull_request: { head: { sha: 'here', ref: 'fix' } },
      review: { commit_id: 'here' },
    });
  });
});
