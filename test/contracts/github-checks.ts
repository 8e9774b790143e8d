import { expect, it } from 'vitest';
import type { CheckContent } from '../../src/ports/github-checks.ts';
import { type GitHubSubject, headOf } from './github-subject.ts';

const BUTTON = { label: 'Approve', description: 'Publish what waits', identifier: 'approve' };

function content(changes: Partial<CheckContent> = {}): CheckContent {
  return {
    status: 'completed',
    conclusion: 'success',
    externalId: 'r_abcdefghijkl',
    title: 'Score 0.9',
    summary: 'all is well',
    annotations: [],
    actions: [],
    ...changes,
  };
}

/** Check runs and their logs. */
export function checkContract(current: () => GitHubSubject): void {
  it('opens a check, and concludes the same one', async () => {
    const { github } = current();
    const headSha = await headOf(github);
    const open = await github.createCheck(
      'muster/gate',
      headSha,
      content({ status: 'in_progress', conclusion: null }),
    );
    expect(open).toMatchObject({ name: 'muster/gate', headSha, status: 'in_progress', conclusion: null });
    expect(open.externalId).toBe('r_abcdefghijkl');
    expect(open.appId).toBe(github.identity.appId);
    const waiting = content({ conclusion: 'action_required', externalId: 'r_b,r_a', actions: [BUTTON] });
    const concluded = await github.updateCheck(open.id, waiting);
    expect(concluded).toMatchObject({ id: open.id, conclusion: 'action_required', externalId: 'r_b,r_a' });
    expect(await github.listChecks(headSha)).toEqual([concluded]);
  });

  it('lists the newest of each name, by every App', async () => {
    const { github, reportActionsCheck } = current();
    const headSha = await headOf(github);
    await github.createCheck('muster/judge', headSha, content());
    const newest = await github.createCheck('muster/judge', headSha, content({ conclusion: 'failure' }));
    const other = await reportActionsCheck('ci', headSha, 'log');
    const ids = (await github.listChecks(headSha)).map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set([newest.id, other]));
  });

  it('takes more annotations than one request may carry', async () => {
    const { github } = current();
    const annotations = Array.from({ length: 60 }, (_, index) => ({
      path: 'docs/a.md',
      startLine: 1,
      endLine: 1,
      level: 'notice' as const,
      message: `note ${index}`,
    }));
    const check = await github.createCheck('muster/judge', await headOf(github), content({ annotations }));
    expect((await github.updateCheck(check.id, content({ annotations }))).id).toBe(check.id);
  });

  it('refuses more buttons than GitHub shows', async () => {
    const { github } = current();
    const actions = [BUTTON, BUTTON, BUTTON, BUTTON];
    const made = github.createCheck('muster/gate', await headOf(github), content({ actions }));
    await expect(made).rejects.toMatchObject({ code: 'github_invalid' });
  });

  it('reads the log of a workflow’s check, and the output of another', async () => {
    const { github, reportActionsCheck } = current();
    const headSha = await headOf(github);
    const failed = await reportActionsCheck('ci', headSha, 'step 1\nError: expected 2\n');
    const ours = await github.createCheck('muster/judge', headSha, content());
    expect(await github.readCheckLog(failed)).toContain('Error: expected 2');
    expect(await github.readCheckLog(ours.id)).toContain('all is well');
    expect(await github.readCheckLog(ours.id + 1_000_000)).toBeNull();
  });
}
