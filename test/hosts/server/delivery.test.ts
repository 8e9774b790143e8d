import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { agreesWithShape, readNames, readPayload } from '../../../src/hosts/server/delivery.ts';

interface Example {
  name: string;
  examples: Record<string, unknown>[];
}

// The package's types describe a module, its file is a list.
const EXAMPLES = examples as unknown as Example[];

describe('agreesWithShape', () => {
  it('knows every example that GitHub’s people publish as what its header says', () => {
    const wrong = EXAMPLES.flatMap(({ name, examples }) =>
      examples.filter((payload) => !agreesWithShape(name, payload)).map(() => name),
    );
    expect(wrong).toEqual([]);
  });

  const STARTERS = [
    'issues',
    'issue_comment',
    'pull_request',
    'pull_request_review',
    'pull_request_review_comment',
    'check_run',
    'check_suite',
  ];
  it.each(STARTERS)('takes no example of another event for %s', (claimed) => {
    const passed = EXAMPLES.filter(({ name }) => name !== claimed).filter(({ examples }) =>
      examples.some((payload) => agreesWithShape(claimed, payload)),
    );
    expect(passed.map(({ name }) => name)).toEqual([]);
  });

  it.each([
    ['issues', { issue: null }],
    ['issues', { issue: [] }],
    ['issues', { issue: 'text' }],
    ['issues', {}],
    ['issues', JSON.parse('{"__proto__":{"issue":{}}}')],
    ['push', { repository: {}, issue: {} }],
  ])('refuses %s with %j', (name, payload) => {
    expect(agreesWithShape(name, payload)).toBe(false);
  });

  it.each(['ping', 'an_event_of_tomorrow', 'constructor', '__proto__'])('asks nothing of %s', (name) => {
    expect(agreesWithShape(name, {})).toBe(true);
  });
});

describe('readNames', () => {
  const good = {
    'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    'x-github-event': 'issue_comment',
  };

  it('reads the delivery and its event', () => {
    expect(readNames(good)).toEqual({ kind: 'named', id: good['x-github-delivery'], name: 'issue_comment' });
  });

  it.each(['', ' ', 'a b', 'a, b', '../x', 'x'.repeat(65), "1';--", 'é'])(
    'refuses the delivery id %j',
    (id) => {
      expect(readNames({ ...good, 'x-github-delivery': id })).toEqual({
        kind: 'malformed',
        header: 'X-GitHub-Delivery',
      });
    },
  );

  it.each(['', '*', 'Issues', 'issues.opened', 'issues, push', '__proto__', 'x'.repeat(65)])(
    'refuses the event %j',
    (name) => {
      expect(readNames({ ...good, 'x-github-event': name })).toEqual({
        kind: 'malformed',
        header: 'X-GitHub-Event',
      });
    },
  );

  it('refuses absent ones', () => {
    expect(readNames({}).kind).toBe('malformed');
  });
});

describe('readPayload', () => {
  it('reads an object', () => {
    expect(readPayload(Buffer.from('{"a":"é"}'))).toEqual({ kind: 'payload', payload: { a: 'é' } });
  });

  it.each([
    '',
    ' ',
    'null',
    '1',
    '"text"',
    '[]',
    '[{}]',
    '{',
    '{"a":1}}',
    "{'a':1}",
    '{"a":NaN}',
    '\uFEFF{}',
    '{"a":\u0000}',
  ])('refuses %j', (text) => {
    expect(readPayload(Buffer.from(text)).kind).toBe('malformed');
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(readPayload(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])).kind).toBe('malformed');
    expect(readPayload(Buffer.from('{}', 'utf16le')).kind).toBe('malformed');
  });

  it('gives no object a prototype of the sender’s', () => {
    const read = readPayload(
      Buffer.from('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}'),
    );
    expect(read.kind === 'payload' && Object.getPrototypeOf(read.payload)).toBe(Object.prototype);
    expect(read.kind === 'payload' && 'isAdmin' in read.payload).toBe(false);
    expect({}).not.toHaveProperty('isAdmin');
  });

  it('survives a million levels', () => {
    const deep = `{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`;
    expect(readPayload(Buffer.from(deep)).kind).toBe('payload');
  });
});
