import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvent } from '../../src/router/read-event.ts';
import { ADA, commentPayload, ISSUE, labeledPayload, payload, reviewPayload } from './factories.ts';

describe('reading an event', () => {
  it.each([
    ['no object', 'issues', 'text'],
    ['null', 'issues', null],
    ['a list', 'issues', []],
    ['no issue', 'issues', payload({ action: 'opened' })],
    ['an issue of another form', 'issues', payload({ action: 'opened', issue: { ...ISSUE, number: '12' } })],
    ['a label without a name', 'issues', labeledPayload('x', { label: {} })],
    ['a comment without an author', 'issue_comment', commentPayload('/help', { comment: { id: 1 } })],
    [
      'a comment at no time',
      'issue_comment',
      commentPayload('/help', {
        comment: { id: 1, node_id: 'x', body: '/help', user: ADA, created_at: 'yesterday' },
      }),
    ],
    ['a review of an unknown state', 'pull_request_review', reviewPayload('blessed')],
    ['a repository without an id', 'issues', { action: 'opened', issue: ISSUE, repository: { name: 'x' } }],
    ['a sender of another form', 'issues', labeledPayload('x', { sender: { id: 'x' } })],
    ['a suite of another form', 'check_suite', payload({ action: 'completed', check_suite: 'red' })],
    ['endless nesting', 'push', payload({ ref: 'x', before: 'a', after: 'b', commits: nested(200_000) })],
  ])('ignores %s and says that it is malformed', (_what, event, body) => {
    expect(readEvent(event, body)).toMatchObject({
      kind: 'ignored',
      reason: expect.stringContaining(`malformed: ${event}: `),
    });
  });

  it.each([
    ['issues', commentPayload('/help')],
    ['pull_request', reviewPayload('approved')],
    ['issue_comment', labeledPayload('x')],
    ['push', labeledPayload('x')],
    ['deployment', payload({ deployment: {}, deployment_status: {} })],
    ['repository_dispatch', labeledPayload('x', { action: 'muster' })],
  ])('does not take the body of another event for %s, since headers are not signed', (event, body) => {
    expect(readEvent(event, body)).toMatchObject({
      kind: 'ignored',
      reason: expect.stringContaining('malformed'),
    });
  });

  it('takes events that it has never heard of', () => {
    expect(readEvent('sub_issues', payload({ action: 'sub_issue_added' }))).toMatchObject({
      kind: 'other',
      event: 'sub_issues',
      action: 'sub_issue_added',
      thread: null,
    });
  });

  it('has a null sender and author for deleted accounts', () => {
    const body = labeledPayload('x', { sender: null, issue: { ...ISSUE, user: null, body: null } });
    expect(readEvent('issues', body)).toMatchObject({ sender: null, thread: { author: null, body: '' } });
  });

  it('knows a bot by its type or its name', () => {
    for (const sender of [
      { id: 3, login: 'x', type: 'Bot' },
      { id: 3, login: 'x[bot]' },
    ]) {
      expect(readEvent('issues', labeledPayload('x', { sender }))).toMatchObject({ sender: { isBot: true } });
    }
  });

  it('never throws, whatever it is given', () => {
    const key = fc.constantFrom(
      'action',
      'issue',
      'comment',
      'repository',
      'sender',
      'id',
      'user',
      'label',
      '__proto__',
    );
    const event = fc.constantFrom(
      'issues',
      'issue_comment',
      'pull_request_review',
      'check_run',
      'installation',
      'constructor',
      '',
    );
    fc.assert(
      fc.property(event, fc.object({ key, maxDepth: 4 }), (name, body) => {
        expect(readEvent(name, body).kind).toBeTypeOf('string');
      }),
      { numRuns: 200 },
    );
  });
});

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}
