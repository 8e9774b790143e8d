import { describe, expect, it } from 'vitest';
import { MUSTER, payload, PULL_REQUEST, routed } from './factories.ts';

const SHA = 'a1'.repeat(20);
const OTHER = 'b2'.repeat(20);

async function merged(body: string, overrides = {}): Promise<unknown[]> {
  const pullRequest = { ...PULL_REQUEST, body, merged: true, ...overrides };
  const found = await routed('pull_request', payload({ action: 'closed', pull_request: pullRequest }));
  return found.flatMap((next) => (next.kind === 'reverted' ? next.pullRequests : []));
}

async function pushed(messages: string[], ref = 'refs/heads/main', overrides = {}): Promise<unknown[]> {
  const body = payload({
    ref,
    before: SHA,
    after: OTHER,
    commits: messages.map((message) => ({ message })),
    repository: { id: 100, name: 'shop', owner: { login: 'acme' }, default_branch: 'main' },
    ...overrides,
  });
  const found = await routed('push', body);
  return found.flatMap((next) => (next.kind === 'reverted' ? next.commits : []));
}

describe('a merged pull request', () => {
  it.each([
    ['Reverts acme/shop#12', [12]],
    ['Reverts Acme/Shop#12\r\n\r\nIt broke the till.', [12]],
    ['It broke the till.\n\nReverts acme/shop#12\nReverts acme/shop#13', [12, 13]],
    ['Reverts acme/other#12', []],
    ['Reverts acme/shop#12 in part', []],
    ['> Reverts acme/shop#12', []],
    ['This reverts nothing', []],
  ])('that says %j takes back %j', async (body, numbers) => {
    expect(await merged(body)).toEqual(numbers);
  });

  it('takes nothing back before it is merged, nor by Muster’s own hand', async () => {
    expect(await merged('Reverts acme/shop#12', { merged: false })).toEqual([]);
    const body = { ...PULL_REQUEST, body: 'Reverts acme/shop#12', merged: true };
    const own = payload({ action: 'closed', pull_request: body, sender: MUSTER });
    expect(await routed('pull_request', own)).toMatchObject([{ kind: 'ignored' }]);
  });
});

describe('a push', () => {
  it.each([
    [`Revert "Add it"\n\nThis reverts commit ${SHA}.`, [SHA]],
    [`Revert "Merge"\n\nThis reverts commit ${SHA}, reversing\nchanges made to ${OTHER}.`, [SHA]],
    [`Never again\n\nThis reverts commit ${SHA.slice(0, 12)}.`, []],
    [`Quote it\n\n> This reverts commit ${SHA}.`, []],
  ])('with %j takes back %j', async (message, commits) => {
    expect(await pushed(['Something else', message])).toEqual(commits);
  });

  it('takes nothing back on another branch than the default', async () => {
    expect(await pushed([`This reverts commit ${SHA}.`], 'refs/heads/next')).toEqual([]);
  });

  it('that has not the form of one is still an event', async () => {
    expect(await routed('push', payload({ ref: 'x', before: 'a', after: 'b', commits: [{}] }))).toMatchObject(
      [{ kind: 'ignored', reason: 'nothing is bound to push' }],
    );
  });
});
