import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld } from './world.ts';
import type { Answer, World } from './world.ts';

const NONE = '0'.repeat(40);

let world: World;
let main = '';
let fix = '';

beforeEach(async () => {
  world = await createWorld();
  main = (await world.repository.git.getRef('refs/heads/main')) ?? '';
  fix = (await world.repository.git.getRef('refs/heads/fix')) ?? '';
});

afterEach(() => world.dispose());

describe('updateRefs', () => {
  type Update = { name: string; afterOid: string; beforeOid?: string; force?: boolean };

  const update = (refUpdates: Update[], caller = world.bot({ contents: 'write' })): Promise<Answer> =>
    world.ask(
      caller,
      'mutation ($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }',
      {
        input: { repositoryId: world.repository.nodeId, refUpdates },
      },
    );

  it('makes, moves and deletes refs together, with the webhooks of each', async () => {
    const { errors } = await update([
      { name: 'refs/heads/new', afterOid: main, beforeOid: NONE },
      { name: 'refs/heads/main', afterOid: fix, beforeOid: main },
      { name: 'refs/heads/fix', afterOid: NONE, beforeOid: fix },
    ]);
    expect(errors).toBeUndefined();
    expect(await world.repository.git.listRefs('refs/heads/')).toEqual([
      { ref: 'refs/heads/main', sha: fix },
      { ref: 'refs/heads/new', sha: main },
    ]);
    expect(world.emitted).toEqual(
      expect.arrayContaining(['create', 'push', 'delete', 'pull_request.closed']),
    );
  });

  it('swaps only what is as expected, and all or nothing', async () => {
    const stale = { name: 'refs/heads/main', afterOid: fix, beforeOid: fix };
    const good = { name: 'refs/heads/new', afterOid: main, beforeOid: NONE };
    const exists = { name: 'refs/heads/fix', afterOid: fix, beforeOid: NONE };
    for (const updates of [[good, stale], [good, exists], [stale]]) {
      expect(await update(updates)).toMatchObject({
        data: { updateRefs: null },
        errors: [{ type: 'STALE_DATA', path: ['updateRefs'] }],
      });
    }
    expect(await world.repository.git.getRef('refs/heads/new')).toBeNull();
    expect(await world.repository.git.getRef('refs/heads/main')).toBe(main);
    expect(world.emitted).toEqual([]);
  });

  it('lets one of two racing writers win', async () => {
    const { git } = world.repository;
    const author = { name: 'Ada', email: 'ada@example.com', date: '2026-01-01T00:00:00Z' };
    const tree = (await git.readCommit(main))?.tree ?? '';
    const commits = await Promise.all(
      ['one', 'two', 'three'].map((message) => git.writeCommit({ message, tree, parents: [main], author })),
    );
    const answers = await Promise.all(
      commits.map((sha) => update([{ name: 'refs/heads/main', afterOid: sha, beforeOid: main }])),
    );
    expect(answers.filter((answer) => answer.errors === undefined)).toHaveLength(1);
    const refused = answers.flatMap((answer) => answer.errors ?? []);
    expect(refused.map((error) => error.type)).toEqual(['STALE_DATA', 'STALE_DATA']);
  });

  it('goes back only by force', async () => {
    const back = { name: 'refs/heads/fix', afterOid: main, beforeOid: fix };
    expect((await update([back])).errors).toMatchObject([{ type: 'UNPROCESSABLE' }]);
    expect((await update([{ ...back, force: true }])).errors).toBeUndefined();
  });

  it.each([
    { name: 'heads/main', afterOid: NONE.replaceAll('0', 'a') },
    { name: 'refs/heads/a..b', afterOid: NONE.replaceAll('0', 'a') },
    { name: 'refs/heads/new', afterOid: 'main' },
  ])('refuses %o', async (bad) => {
    expect((await update([bad])).errors).toMatchObject([{ type: 'UNPROCESSABLE' }]);
  });

  it('needs write on contents', async () => {
    const updates = [{ name: 'refs/heads/new', afterOid: main }];
    const { errors } = await update(updates, world.bot({ contents: 'read' }));
    expect(errors).toMatchObject([{ type: 'FORBIDDEN' }]);
    const reader = world.person(world.addPerson('rea', 'read'));
    expect((await update(updates, reader)).errors).toMatchObject([{ type: 'FORBIDDEN' }]);
  });
});

describe('createCommitOnBranch', () => {
  const COMMIT = `mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) {
    commit { oid message author { name } signature { isValid state } } ref { name target { oid } } } }`;

  const commit = (input: Record<string, unknown>): Promise<Answer> =>
    world.ask(world.bot({ contents: 'write' }), COMMIT, {
      input: {
        branch: { repositoryNameWithOwner: 'ada/hello', branchName: 'main' },
        expectedHeadOid: main,
        message: { headline: 'Change', body: 'Because.' },
        ...input,
      },
    });

  it('adds one signed commit to the branch, and says so', async () => {
    const contents = Buffer.from('ünï\0code').toString('base64');
    const fileChanges = { additions: [{ path: 'new/c.bin', contents }], deletions: [{ path: 'src/b.txt' }] };
    const { data, errors } = await commit({ fileChanges });
    const head = (await world.repository.git.getRef('refs/heads/main')) ?? '';
    expect(errors).toBeUndefined();
    expect(data?.['createCommitOnBranch']).toEqual({
      commit: {
        oid: head,
        message: 'Change\n\nBecause.',
        author: { name: 'muster[bot]' },
        signature: { isValid: true, state: 'VALID' },
      },
      ref: { name: 'main', target: { oid: head } },
    });
    const files = (await world.repository.git.readTree(head, true)).map((item) => item.path);
    expect(files).toEqual(['a.txt', 'new', 'new/c.bin']);
    expect(world.emitted).toContain('push');
  });

  it('finds the branch by its node id too, and keeps the mode of a file', async () => {
    const { git } = world.repository;
    const tool = { mode: '100755', type: 'blob' as const, sha: await git.writeBlob(Buffer.from('run')) };
    const tree = await git.writeTree(main, [{ path: 'tool', ...tool }]);
    const author = { name: 'Ada', email: 'ada@example.com', date: '2026-01-01T00:00:00Z' };
    const head = await git.writeCommit({ message: 'tool', tree, parents: [main], author });
    await git.setRef('refs/heads/main', head);
    const query = '{ repository(owner: "ada", name: "hello") { ref(qualifiedName: "main") { id } } }';
    const found = await world.ask(world.person(world.ada), query);
    const id = /REF_\w+/.exec(JSON.stringify(found))?.[0];
    const fileChanges = { additions: [{ path: 'tool', contents: 'eA==' }] };
    expect((await commit({ branch: { id }, expectedHeadOid: head, fileChanges })).errors).toBeUndefined();
    expect(await git.readPath('main', 'tool')).toMatchObject({ mode: '100755' });
  });

  it.each([
    ['a moved branch', { expectedHeadOid: 'a'.repeat(40) }, 'STALE_DATA'],
    ['no such branch', { branch: { repositoryNameWithOwner: 'ada/hello', branchName: 'x' } }, 'NOT_FOUND'],
    ['no such repository', { branch: { repositoryNameWithOwner: 'ada/x', branchName: 'x' } }, 'NOT_FOUND'],
    ['deleting nothing', { fileChanges: { deletions: [{ path: 'none' }] } }, 'UNPROCESSABLE'],
    ['no Base64', { fileChanges: { additions: [{ path: 'a', contents: '%%' }] } }, 'UNPROCESSABLE'],
    ['a hostile path', { fileChanges: { additions: [{ path: '../a', contents: '' }] } }, 'UNPROCESSABLE'],
  ])('refuses %s and commits nothing', async (_what, input, type) => {
    expect(await commit(input)).toMatchObject({
      data: { createCommitOnBranch: null },
      errors: [{ type, path: ['createCommitOnBranch'] }],
    });
    expect(await world.repository.git.getRef('refs/heads/main')).toBe(main);
    expect(world.emitted).toEqual([]);
  });
});
