import { describe, expect, it } from 'vitest';
import type { Note } from '../../src/domain/note.ts';
import type { ProposalOf } from '../../src/domain/proposal.ts';
import { assignEffector } from '../../src/publish/assign.ts';
import { closeEffector } from '../../src/publish/close.ts';
import { dispatchEffector } from '../../src/publish/dispatch.ts';
import { issueEffector } from '../../src/publish/issue.ts';
import { labelsEffector } from '../../src/publish/labels.ts';
import { notesEffector } from '../../src/publish/notes.ts';
import { aTarget, fakeGitHub } from './fake-github.ts';
import { aPull } from './fake-state.ts';
import { RUN_ID } from './fixtures.ts';

const MARKER = `<!-- muster:effect=${RUN_ID}:p1 -->`;

describe('labelsEffector', () => {
  const labels: ProposalOf<'labels'> = { id: 'p1', kind: 'labels', add: ['Bug'], remove: ['new'] };

  it('puts on and takes off, and is found by the state', async () => {
    const { github, state } = fakeGitHub();
    const issue = state.issues.get(12);
    issue?.labels.push('new');
    expect(await labelsEffector.find(aTarget(github), labels)).toBeNull();
    const receipt = await labelsEffector.perform(aTarget(github), labels);
    expect(issue?.labels).toEqual(['Bug']);
    expect(await labelsEffector.verify(aTarget(github), labels, receipt)).toBe(true);
  });

  it('compares names as GitHub does', async () => {
    const { github, state } = fakeGitHub();
    state.issues.get(12)?.labels.push('bug');
    expect(await labelsEffector.find(aTarget(github), labels)).not.toBeNull();
  });
});

describe('assignEffector', () => {
  const assign: ProposalOf<'assign'> = { id: 'p1', kind: 'assign', logins: ['Ada'] };

  it('assigns, and is found by the state', async () => {
    const { github } = fakeGitHub();
    expect(await assignEffector.find(aTarget(github), assign)).toBeNull();
    const receipt = await assignEffector.perform(aTarget(github), assign);
    expect(await assignEffector.verify(aTarget(github), assign, receipt)).toBe(true);
  });

  it('fails with the names that GitHub left out', async () => {
    const { github } = fakeGitHub();
    const some = { ...assign, logins: ['ada', 'mallory'] };
    await expect(assignEffector.perform(aTarget(github), some)).rejects.toThrow('did not assign mallory');
  });
});

describe('issueEffector', () => {
  const issue: ProposalOf<'issue'> = {
    id: 'p1',
    kind: 'issue',
    title: 'A\nbug',
    body: 'More.',
    labels: ['bug'],
  };

  it('opens an issue that names its origin, and finds it after a lost answer', async () => {
    const { github, state, loseAnswer } = fakeGitHub();
    loseAnswer('createIssue');
    await expect(issueEffector.perform(aTarget(github), issue)).rejects.toThrow('reset');
    const found = await issueEffector.find(aTarget(github), issue);
    const opened = state.issues.get(Number(found?.id));
    expect(opened).toMatchObject({ title: 'A bug', labels: ['bug'] });
    expect(opened?.body).toContain('Raised for #12.');
    expect(found !== null && (await issueEffector.verify(aTarget(github), issue, found))).toBe(true);
  });

  it('is not found in an issue of someone else', async () => {
    const { github, state } = fakeGitHub();
    const own = state.issues.get(12);
    if (own !== undefined) own.body = `x\n\n${MARKER}`;
    expect(await issueEffector.find(aTarget(github), issue)).toBeNull();
  });
});

describe('closeEffector', () => {
  const close: ProposalOf<'close'> = { id: 'p1', kind: 'close', reason: 'completed' };

  it('closes the issue, and is found by the state', async () => {
    const { github } = fakeGitHub();
    expect(await closeEffector.find(aTarget(github), close)).toBeNull();
    const receipt = await closeEffector.perform(aTarget(github), close);
    expect(receipt.url).toContain('/issues/12');
    expect(await closeEffector.verify(aTarget(github), close, receipt)).toBe(true);
  });

  it('closes a pull request as one', async () => {
    const { github, state } = fakeGitHub();
    state.pulls.set(20, aPull(20));
    const target = aTarget(github, { subject: { kind: 'pull_request', number: 20 } });
    await closeEffector.perform(target, close);
    expect(state.pulls.get(20)?.state).toBe('closed');
    expect(await closeEffector.find(target, close)).not.toBeNull();
  });
});

describe('dispatchEffector', () => {
  const dispatch: ProposalOf<'dispatch'> = { id: 'p1', kind: 'dispatch', workflow: 'deploy.yml', inputs: {} };

  it('starts the workflow on the default branch', async () => {
    const { github, state } = fakeGitHub();
    const receipt = await dispatchEffector.perform(aTarget(github), dispatch);
    expect(state.dispatched).toEqual(['deploy.yml@main']);
    expect(await dispatchEffector.verify(aTarget(github), dispatch, receipt)).toBe(true);
  });

  it('says that it can not be looked up, so that nobody repeats it', () => {
    expect(dispatchEffector.canBeFound).toBe(false);
  });

  it('is not verified where GitHub named no workflow run', async () => {
    const { github } = fakeGitHub();
    const receipt = { id: 'deploy.yml', url: null, sha: null };
    expect(await dispatchEffector.verify(aTarget(github), dispatch, receipt)).toBe(false);
  });
});

describe('notesEffector', () => {
  const notes: ProposalOf<'notes'> = {
    id: 'p1',
    kind: 'notes',
    notes: [
      { text: 'a', kind: 'fact' },
      { text: 'b', kind: 'fact' },
    ],
  };

  function keeping() {
    const kept = new Map<string, Note>();
    const store = {
      get: async (tenantId: number, id: string) => kept.get(`${tenantId}:${id}`) ?? null,
      put: async (tenantId: number, note: Note) => void kept.set(`${tenantId}:${note.id}`, note),
      remove: async () => false,
      list: async () => [],
      clear: async () => {},
    };
    const noteFor = ({ text, kind }: { text: string; kind: string }, key: string): Note => ({
      id: key,
      text,
      kind,
      author: 'root-cause',
      trust: 'quarantined',
      sourceUrl: null,
      horizon: 'repository',
      createdAt: '',
      expiresAt: null,
      supersededBy: null,
    });
    return { kept, effector: notesEffector({ store, noteFor }) };
  }

  it('keeps each note once, under the tenant, however often it is repeated', async () => {
    const { kept, effector } = keeping();
    const { github } = fakeGitHub();
    await effector.perform(aTarget(github), notes);
    await effector.perform(aTarget(github), notes);
    expect([...kept.keys()]).toEqual([`1:${RUN_ID}:p1:0`, `1:${RUN_ID}:p1:1`]);
    expect(await effector.find(aTarget(github), notes)).not.toBeNull();
  });

  it('is not found where only some are there', async () => {
    const { kept, effector } = keeping();
    const { github } = fakeGitHub();
    await effector.perform(aTarget(github), notes);
    kept.delete(`1:${RUN_ID}:p1:1`);
    expect(await effector.find(aTarget(github), notes)).toBeNull();
  });
});
