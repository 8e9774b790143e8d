import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/domain/json.ts';
import { noteWith } from '../contracts/note-store.ts';
import { call, depsWith, workspaceWith } from './tool-bench.ts';

const onPull = depsWith({ subject: { kind: 'pull_request', number: 12 } });

describe('proposals', () => {
  it.each<[string, Json, object]>([
    ['propose_comment', { body: ' Hello ' }, { kind: 'comment', body: 'Hello' }],
    [
      'propose_review',
      { event: 'COMMENT', body: 'Fine', comments: [{ path: 'a', line: 3, body: 'Why?' }] },
      { kind: 'review', event: 'COMMENT', body: 'Fine', comments: [{ path: 'a', line: 3, body: 'Why?' }] },
    ],
    [
      'propose_review',
      { event: 'APPROVE', body: 'Ok' },
      { kind: 'review', event: 'APPROVE', body: 'Ok', comments: [] },
    ],
    ['propose_labels', { add: ['Bug'] }, { kind: 'labels', add: ['Bug'], remove: [] }],
    ['propose_assign', { logins: ['@ada'] }, { kind: 'assign', logins: ['ada'] }],
    ['propose_issue', { title: 'T', body: 'B' }, { kind: 'issue', title: 'T', body: 'B', labels: [] }],
    ['propose_close', { reason: 'not_planned' }, { kind: 'close', reason: 'not_planned' }],
    [
      'propose_dispatch',
      { workflow: 'deploy.yml', inputs: { to: 'staging' } },
      { kind: 'dispatch', workflow: 'deploy.yml', inputs: { to: 'staging' } },
    ],
  ])('%s with %j asks for it, and does nothing', async (name, args, proposal) => {
    const outcome = await call(onPull, name, args);
    expect(outcome).toMatchObject({ isError: false, proposal, changes: [], taint: null });
    expect(outcome.text).toMatch(/^Proposed\./);
  });

  it.each<[string, Json]>([
    ['propose_comment', { body: '  ' }],
    ['propose_comment', { body: 'x'.repeat(120_001) }],
    ['propose_review', { event: 'DISMISS', body: 'x' }],
    ['propose_review', { event: 'COMMENT', body: 'x', comments: [{ path: 'a', line: 0, body: 'x' }] }],
    ['propose_labels', {}],
    ['propose_labels', { add: ['wontfix'] }],
    ['propose_labels', { add: ['agent:deploy'] }],
    ['propose_labels', { remove: ['Flow:x'] }],
    ['propose_assign', { logins: [] }],
    ['propose_assign', { logins: ['a b'] }],
    ['propose_assign', { logins: ['org/team'] }],
    ['propose_issue', { title: 'two\nlines', body: 'x' }],
    ['propose_close', { reason: 'duplicate' }],
    ['propose_dispatch', { workflow: 'release.yml', inputs: {} }],
    ['propose_dispatch', { workflow: 'deploy.yml', inputs: { n: 1 } }],
  ])('%s refuses %j', async (name, args) => {
    expect(await call(onPull, name, args)).toMatchObject({ isError: true, proposal: null });
  });
});

describe('propose_pull_request', () => {
  it('takes all changes of the workspace', async () => {
    const workspace = workspaceWith({ a: '1', b: '1' });
    await workspace.writeFile('a', '2');
    await workspace.deleteFile('b');
    const outcome = await call(depsWith({ workspace }), 'propose_pull_request', {
      title: 'Fix',
      body: 'Fixes.',
    });
    expect(outcome.proposal).toMatchObject({
      kind: 'pull_request',
      title: 'Fix',
      changes: [
        { path: 'a', content: '2' },
        { path: 'b', content: null },
      ],
    });
    expect(outcome.text).toContain('- a\n- deleted b');
  });

  it('is an error without changes', async () => {
    expect(await call(depsWith(), 'propose_pull_request', { title: 'Fix', body: 'x' })).toMatchObject({
      isError: true,
      proposal: null,
    });
  });
});

describe('the honest ends, the checklist and notes', () => {
  it('noop and missing end the run with their reason', async () => {
    expect((await call(depsWith(), 'noop', { reason: 'Labelled already' })).end).toEqual({
      kind: 'noop',
      reason: 'Labelled already',
    });
    expect((await call(depsWith(), 'missing', { what: 'a log', why: 'to see' })).end).toEqual({
      kind: 'missing',
      what: 'a log',
      why: 'to see',
    });
    expect((await call(depsWith(), 'noop', {})).isError).toBe(true);
  });

  it('plan sets the whole checklist', async () => {
    const items = [
      { text: 'Read', done: true },
      { text: 'Fix', done: false },
    ];
    expect((await call(depsWith(), 'plan', { items })).plan).toEqual([
      { text: 'Read', isDone: true },
      { text: 'Fix', isDone: false },
    ]);
  });

  it('note keeps, and recall finds', async () => {
    const note = { text: 'Deploys on Friday', kind: 'fact' };
    expect((await call(depsWith(), 'note', note)).note).toEqual(note);
    expect((await call(depsWith(), 'note', { ...note, kind: 'secret' })).isError).toBe(true);
    const recall = async (query: string) =>
      query === 'deploy' ? [noteWith({ text: 'Deploys\non Friday' })] : [];
    expect((await call(depsWith({ recall }), 'recall', { query: 'deploy' })).text).toBe(
      '- Deploys on Friday (fact, by ada, 2026-11-01)',
    );
    expect((await call(depsWith({ recall }), 'recall', { query: 'x' })).text).toBe('No note matches.');
  });
});
