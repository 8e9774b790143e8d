import { describe, expect, it } from 'vitest';
import { orderOf } from '../../../src/hosts/action/order.ts';

const runner = (name: string) => ({ event: { name, path: '' }, run: { id: '7', attempt: 2 } });

describe('orderOf', () => {
  it('hands the event on where no agent is named', () => {
    const payload = { action: 'labeled', issue: { number: 3 } };
    expect(orderOf(runner('issues'), payload, null)).toEqual({
      kind: 'event',
      event: { id: 'action:7:2', name: 'issues', payload },
      subject: { kind: 'issue', number: 3 },
    });
  });

  it('takes `pull_request_target` as the webhook that it is', () => {
    const order = orderOf(runner('pull_request_target'), { pull_request: { number: 3 } }, null);
    expect(order).toMatchObject({ kind: 'event', event: { name: 'pull_request' } });
  });

  it('does not let a review decide, whose workflow the pull request brings along', () => {
    const order = orderOf(runner('pull_request_review'), { pull_request: { number: 3 } }, null);
    expect(order).toMatchObject({ kind: 'ignored' });
  });

  it.each([
    ['an issue', 'issues', { issue: { number: 3 } }, { kind: 'issue', number: 3 }],
    [
      'a comment on a pull request',
      'issue_comment',
      { issue: { number: 4, pull_request: {} } },
      { kind: 'pull_request', number: 4 },
    ],
    ['a pull request', 'pull_request', { pull_request: { number: 5 } }, { kind: 'pull_request', number: 5 }],
    ['a dispatch by hand', 'workflow_dispatch', { inputs: { issue: '6' } }, { kind: 'issue', number: 6 }],
    [
      'a dispatch by API',
      'repository_dispatch',
      { client_payload: { pull_request: 7 } },
      { kind: 'pull_request', number: 7 },
    ],
  ])('starts the named agent on %s', (_name, event, payload, subject) => {
    expect(orderOf(runner(event), payload, 'triager')).toEqual({ kind: 'agent', agent: 'triager', subject });
  });

  it.each([
    ['push', {}],
    ['workflow_dispatch', { inputs: null }],
    ['workflow_dispatch', { inputs: { issue: '1; rm' } }],
    ['workflow_dispatch', { inputs: { issue: '0' } }],
    ['workflow_dispatch', { inputs: { issue: { number: 1 } } }],
    ['workflow_dispatch', { inputs: { issue: '99999999999999999999' } }],
    ['issues', { issue: { number: -1 } }],
  ])('says what an agent on `%s` lacks: %o', (event, payload) => {
    const order = orderOf(runner(event), payload, 'triager');
    expect(order).toMatchObject({
      kind: 'unfit',
      reason: expect.stringContaining(`\`${event}\` names none`),
    });
  });

  it.each([null, [], 'text'])('refuses an event file that holds %o', (payload) => {
    expect(orderOf(runner('issues'), payload, null)).toMatchObject({ kind: 'unfit' });
  });
});
