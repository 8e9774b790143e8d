import { describe, expect, it } from 'vitest';
import type { ProposalOf } from '../../src/domain/proposal.ts';
import { holdCommit, prepareCommit, type CommitInput } from '../../src/publish/commit.ts';
import { moveEffector, pullRequestEffector } from '../../src/publish/pull-request.ts';
import { aTarget, fakeGitHub, type Fake } from './fake-github.ts';
import { aPull, MALLORY } from './fake-state.ts';
import { aChange, RUN_ID } from './fixtures.ts';

const BRANCH = 'muster/root-cause/12-keep-a-total-of-zero';

const PROPOSAL: ProposalOf<'pull_request'> = {
  id: 'p1',
  kind: 'pull_request',
  title: 'Keep a total of zero!',
  body: 'It was taken for none.\n\nMore about it.',
  changes: [aChange()],
};

function anInput(overrides: Partial<CommitInput> = {}): CommitInput {
  const { title, body, changes } = PROPOSAL;
  const subject = { kind: 'issue' as const, number: 12 };
  const common = { runId: RUN_ID, agent: 'root-cause', baseRef: 'main', baseSha: 'base' };
  return { ...common, subject, title, body, changes, ...overrides };
}

async function preparedTarget({ github }: Fake, input = anInput()) {
  return aTarget(github, { commit: await prepareCommit(github, input) });
}

describe('prepareCommit', () => {
  it('keeps modes, deletions and bytes, and touches no ref', async () => {
    const { github, state } = fakeGitHub();
    state.trees.set('tree:base', { 'old.ts': { mode: '100644', blobSha: 'blob:old' } });
    const changes = [
      aChange({ path: 'run.sh', mode: '100755' }),
      aChange({ path: 'old.ts', content: null }),
      aChange({ path: 'logo.png', content: 'iVBORw0KGgo=', encoding: 'base64' }),
    ];
    const commit = await prepareCommit(github, anInput({ changes }));
    const tree = state.trees.get(commit.treeSha) ?? {};
    expect(Object.keys(tree).sort()).toEqual(['logo.png', 'run.sh']);
    expect(tree['run.sh']?.mode).toBe('100755');
    expect(state.blobs.get(tree['logo.png']?.blobSha ?? '')?.encoding).toBe('base64');
    expect([...state.refs.keys()]).toEqual(['refs/heads/main']);
    expect(commit).toMatchObject({ baseRef: 'main', baseSha: 'base', branch: BRANCH });
  });

  it('writes title, first paragraph and its own trailer, and no other', async () => {
    const { github, state } = fakeGitHub();
    const body = '# Heading\n\nWhat it does.\nSigned-off-by: Mallory <m@x.y>\n\nCo-authored-by: M <m@x.y>';
    const { sha } = await prepareCommit(github, anInput({ body }));
    expect(state.commits.get(sha)?.message).toBe(
      `Keep a total of zero!\n\nWhat it does.\n\nMuster-Run: ${RUN_ID}`,
    );
  });

  it.each([
    ['../../etc; rm -rf /', 'muster/root-cause/12-etc-rm-rf'],
    ['Über Größe', 'muster/root-cause/12-uber-gro-e'],
    ['修复', 'muster/root-cause/12-change'],
  ])('names the branch of %j safely', async (title, branch) => {
    const { github } = fakeGitHub();
    expect((await prepareCommit(github, anInput({ title }))).branch).toBe(branch);
  });

  it('refuses a commit that changes nothing, or whose base is gone', async () => {
    const { github } = fakeGitHub();
    await expect(prepareCommit(github, anInput({ changes: [] }))).rejects.toThrow('has already');
    await expect(prepareCommit(github, anInput({ baseSha: 'none' }))).rejects.toThrow('base commit is gone');
  });
});

describe('holdCommit', () => {
  it('keeps the newest commit of the run on its own ref, however often it is called', async () => {
    const { github, state } = fakeGitHub();
    for (const sha of ['one', 'one', 'two']) await holdCommit(github, RUN_ID, sha);
    expect(state.refs.get(`refs/muster/${RUN_ID}`)).toBe('two');
    expect(state.writes).toEqual(['createRef', 'updateRef']);
  });

  it('survives a lost answer', async () => {
    const { github, state, before } = fakeGitHub();
    before('createRef', () => state.refs.set(`refs/muster/${RUN_ID}`, 'one'));
    await holdCommit(github, RUN_ID, 'one');
    expect(state.refs.get(`refs/muster/${RUN_ID}`)).toBe('one');
  });
});

describe('pullRequestEffector', () => {
  it('opens a draft from a branch at the very commit, for the run’s own issue', async () => {
    const fake = fakeGitHub();
    const target = await preparedTarget(fake);
    const receipt = await pullRequestEffector.perform(target, PROPOSAL);
    const pull = fake.state.pulls.get(Number(receipt.id));
    expect(pull).toMatchObject({ isDraft: true, title: 'Keep a total of zero!', head: { ref: BRANCH } });
    expect(pull?.body).toContain('Fixes #12');
    expect(fake.state.refs.get(`refs/heads/${BRANCH}`)).toBe(target.commit?.sha);
    expect(await pullRequestEffector.verify(target, PROPOSAL, receipt)).toBe(true);
  });

  it('closes nothing when its subject is a pull request', async () => {
    const fake = fakeGitHub();
    const target = await preparedTarget(fake);
    const receipt = await pullRequestEffector.perform(
      { ...target, subject: { kind: 'pull_request', number: 20 } },
      PROPOSAL,
    );
    expect(fake.state.pulls.get(Number(receipt.id))?.body).toContain('\n\nFor #20\n\n');
  });

  it.each(['createRef', 'createPullRequest'] as const)(
    'is made once, though the answer of %s gets lost',
    async (method) => {
      const fake = fakeGitHub();
      const target = await preparedTarget(fake);
      fake.loseAnswer(method);
      await expect(pullRequestEffector.perform(target, PROPOSAL)).rejects.toThrow('reset');
      const found = await pullRequestEffector.find(target, PROPOSAL);
      const receipt = found ?? (await pullRequestEffector.perform(target, PROPOSAL));
      expect(fake.state.pulls.size).toBe(1);
      expect(await pullRequestEffector.verify(target, PROPOSAL, receipt)).toBe(true);
    },
  );

  it('is found even after a person closed it', async () => {
    const fake = fakeGitHub();
    const target = await preparedTarget(fake);
    const { id } = await pullRequestEffector.perform(target, PROPOSAL);
    const pull = fake.state.pulls.get(Number(id));
    if (pull !== undefined) pull.state = 'closed';
    expect((await pullRequestEffector.find(target, PROPOSAL))?.id).toBe(id);
  });

  it('leaves a branch alone that someone else made', async () => {
    const fake = fakeGitHub();
    fake.state.refs.set(`refs/heads/${BRANCH}`, 'base');
    const target = await preparedTarget(fake);
    const receipt = await pullRequestEffector.perform(target, PROPOSAL);
    expect(fake.state.refs.get(`refs/heads/${BRANCH}`)).toBe('base');
    expect(fake.state.pulls.get(Number(receipt.id))?.head.ref).toBe(`${BRANCH}-abcd`);
    fake.state.refs.set(`refs/heads/${BRANCH}-abcd`, 'base');
    await expect(pullRequestEffector.perform(target, PROPOSAL)).rejects.toThrow('is taken');
  });

  it('moves its own pull request to the commit of a later round', async () => {
    const fake = fakeGitHub();
    const first = await preparedTarget(fake);
    const { id } = await pullRequestEffector.perform(first, PROPOSAL);
    const second = await preparedTarget(fake, anInput({ changes: [aChange({ content: 'better' })] }));
    expect(await pullRequestEffector.find(second, PROPOSAL)).toBeNull();
    const receipt = await pullRequestEffector.perform(second, PROPOSAL);
    expect(receipt).toMatchObject({ id, sha: second.commit?.sha });
    expect(await pullRequestEffector.verify(second, PROPOSAL, receipt)).toBe(true);
    expect(await pullRequestEffector.verify(first, PROPOSAL, receipt)).toBe(false);
  });

  it('opens ready, and says so, where drafts are not to be had', async () => {
    const fake = fakeGitHub();
    fake.state.hasDrafts = false;
    const receipt = await pullRequestEffector.perform(await preparedTarget(fake), PROPOSAL);
    expect(receipt.remark).toContain('drafts are not to be had');
    expect(fake.state.pulls.get(Number(receipt.id))?.isDraft).toBe(false);
  });

  it('takes a pull request of someone else from that branch for theirs', async () => {
    const fake = fakeGitHub();
    const target = await preparedTarget(fake);
    const sha = target.commit?.sha ?? '';
    fake.state.refs.set(`refs/heads/${BRANCH}`, sha);
    fake.state.pulls.set(30, aPull(30, { author: MALLORY, head: { sha, ref: BRANCH, repositoryId: 1 } }));
    expect(await pullRequestEffector.find(target, PROPOSAL)).toBeNull();
  });

  it('is not verified with a commit that GitHub did not sign', async () => {
    const fake = fakeGitHub();
    const target = await preparedTarget(fake);
    const receipt = await pullRequestEffector.perform(target, PROPOSAL);
    const commit = fake.state.commits.get(target.commit?.sha ?? '');
    if (commit !== undefined) commit.isVerified = false;
    expect(await pullRequestEffector.verify(target, PROPOSAL, receipt)).toBe(false);
  });
});

describe('moveEffector', () => {
  /** The pull request of a first round, and the target of a second. */
  async function reworked(fake: Fake) {
    const first = await preparedTarget(fake);
    const receipt = await pullRequestEffector.perform(first, PROPOSAL);
    const { title, body } = PROPOSAL;
    const headSha = first.commit?.sha ?? '';
    const target = await preparedTarget(fake, anInput({ changes: [aChange({ path: 'more.ts' })] }));
    return {
      target,
      open: { number: Number(receipt.id), url: '', headSha, title, body },
      ref: `refs/heads/${BRANCH}`,
    };
  }

  it('puts the new commit and the new title there, and finds both again', async () => {
    const fake = fakeGitHub();
    const { target, open } = await reworked(fake);
    const proposal = { ...PROPOSAL, title: 'Another title' };
    const effector = moveEffector(open);
    expect(await effector.find(target, proposal)).toBeNull();
    const receipt = await effector.perform(target, proposal);
    expect(await effector.find(target, proposal)).toEqual(receipt);
    expect(await effector.verify(target, proposal, receipt)).toBe(true);
    expect(await fake.github.getPullRequest(open.number)).toMatchObject({
      title: 'Another title',
      head: { sha: target.commit?.sha },
    });
  });

  it('leaves texts that the rework did not change as people have made them', async () => {
    const fake = fakeGitHub();
    const { target, open } = await reworked(fake);
    await fake.github.editPullRequest(open.number, { title: 'By a person' });
    await moveEffector(open).perform(target, { ...PROPOSAL, body: 'Another reason.' });
    const pull = await fake.github.getPullRequest(open.number);
    expect(pull?.title).toBe('By a person');
    expect(pull?.body).toContain('Another reason.');
    expect(pull?.body).toContain('Fixes #12');
  });

  it('goes on after a crash between the two', async () => {
    const fake = fakeGitHub();
    const { target, open, ref } = await reworked(fake);
    const proposal = { ...PROPOSAL, title: 'Another title' };
    await fake.github.updateRef(ref, target.commit?.sha ?? '', true);
    expect(await moveEffector(open).find(target, proposal)).toBeNull();
    await moveEffector(open).perform(target, proposal);
    expect((await fake.github.getPullRequest(open.number))?.title).toBe('Another title');
  });

  it.each(['getPullRequest', 'replaceRef'] as const)(
    "overwrites nobody's push that comes right before %s",
    async (method) => {
      const fake = fakeGitHub();
      const { target, open, ref } = await reworked(fake);
      fake.before(method, () => void fake.state.refs.set(ref, 'pushed'));
      await expect(moveEffector(open).perform(target, PROPOSAL)).rejects.toMatchObject({
        code: 'github_invalid',
      });
      expect(fake.state.refs.get(ref)).toBe('pushed');
    },
  );
});
