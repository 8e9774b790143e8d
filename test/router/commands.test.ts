import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_COMMANDS, parseCommands } from '../../src/router/commands.ts';

const RUN = 'r_abcdefghij27';

/** The commands without their lines. */
function read(text: string): unknown[] {
  return parseCommands(text).map(({ line: _line, ...command }) => command);
}

describe('commands', () => {
  it.each([
    ['/agent triager', { kind: 'agent', name: 'triager', request: null }],
    ['/agent triager look twice', { kind: 'agent', name: 'triager', request: 'look twice' }],
    ['/flow build', { kind: 'flow', name: 'build', request: null }],
    ['/approve', { kind: 'approve', runId: null, maxMicroUsd: null }],
    [`/approve ${RUN}`, { kind: 'approve', runId: RUN, maxMicroUsd: null }],
    [`/approve ${RUN} max=$2`, { kind: 'approve', runId: RUN, maxMicroUsd: 2_000_000 }],
    [`/approve  max=2.50\t${RUN} `, { kind: 'approve', runId: RUN, maxMicroUsd: 2_500_000 }],
    ['/reject', { kind: 'reject', runId: null, reason: null }],
    [`/reject ${RUN} too broad`, { kind: 'reject', runId: RUN, reason: 'too broad' }],
    ['/rework keep the old name', { kind: 'rework', runId: null, request: 'keep the old name' }],
    [`/rework ${RUN} smaller`, { kind: 'rework', runId: RUN, request: 'smaller' }],
    ['/retry', { kind: 'retry', runId: null, node: null }],
    ['/retry a', { kind: 'retry', runId: null, node: 'a' }],
    [`/retry ${RUN}`, { kind: 'retry', runId: RUN, node: null }],
    [`/retry ${RUN} test-2`, { kind: 'retry', runId: RUN, node: 'test-2' }],
    ['/cancel', { kind: 'cancel', runId: null }],
    [`/cancel ${RUN}`, { kind: 'cancel', runId: RUN }],
    ['/agents', { kind: 'agents' }],
    ['/cost', { kind: 'cost' }],
    ['/help', { kind: 'help' }],
    ['/remember we squash on merge', { kind: 'remember', fact: 'we squash on merge' }],
    ['/forget n_12', { kind: 'forget', noteId: 'n_12' }],
    ['/memory', { kind: 'memory', query: null }],
    ['/memory merge style', { kind: 'memory', query: 'merge style' }],
  ])('reads `%s`', (text, command) => {
    expect(read(text)).toEqual([command]);
  });

  it('gives `/agent` the text up to the next command, and other commands their line only', () => {
    const text =
      'Hello.\r\n/agent a fix\r\nthis\r\n\r\n/unknown and that\r\n/rework x\r\nthanks\r\n/flow b\r\n';
    expect(parseCommands(text)).toEqual([
      { kind: 'agent', name: 'a', request: 'fix\nthis\n\n/unknown and that', line: 2 },
      { kind: 'rework', runId: null, request: 'x', line: 6 },
      { kind: 'flow', name: 'b', request: null, line: 8 },
    ]);
  });

  it('leaves a command word that stands in the code of a request in the request', () => {
    expect(read('/agent a run this:\n```\n/approve\n```\nthen stop')).toEqual([
      { kind: 'agent', name: 'a', request: 'run this:\n```\n/approve\n```\nthen stop' },
    ]);
  });

  it.each([
    '/approve now',
    '/approve max=2,50',
    '/approve max=0',
    '/approve max=-1',
    '/approve max=1 max=2',
    `/approve ${RUN} ${RUN}`,
    '/approve r_short',
    '/rework',
    `/rework ${RUN}`,
    '/retry two words',
    '/cancel everything',
    '/agents please',
    '/remember',
    '/forget',
    '/forget a b',
    '/agent',
    '/agent Triager',
    '/agent ../../etc',
    '/flow',
  ])('says of `%s` why it fails and what works, and does nothing', (text) => {
    expect(read(text)).toEqual([
      { kind: 'malformed', why: expect.stringMatching(/./), works: expect.stringContaining('`/') },
    ]);
  });

  it.each([
    ['text before it', 'please /approve'],
    ['spaces before it', ' /approve'],
    ['indented code', '    /approve'],
    ['a tab', '\t/approve'],
    ['a fenced block', '```\n/approve\n```'],
    ['a fence of tildes', '~~~ sh\n/approve\n~~~'],
    ['a fence that a shorter one does not end', '````\n```\n/approve\n````'],
    ['a fence that never ends', 'a\n```\n/approve'],
    ['a quote', '> /approve'],
    ['a quote that goes on lazily', '> he said\n/approve'],
    ['a quote in a list', '- > he said\n/approve'],
    ['a code span over lines', 'a `b\n/approve\nc` d'],
    ['an HTML comment', '<!--\n/approve\n-->'],
    ['an HTML comment within a paragraph', 'a <!-- b\n/approve\n--> c'],
    ['an HTML comment that never ends', 'a\n\n<!--\n\n/approve'],
    ['an HTML block', '<div>\n/approve\n</div>'],
    ['a quote in HTML', '<blockquote>\n\n/approve\n\n</blockquote>'],
    ['code in HTML', 'a <code>\n/approve\n</code>'],
    ['code in HTML that a comment pretends to end', '<code>\n\n<!-- </code> -->\n\n/approve'],
    ["a link's address", '[a]:\n/approve'],
    ['the text of a picture', '![a\n/approve](x.png)'],
    ['a table cell', '| /approve |\n|---|'],
    ['a full-width slash', '\uFF0Fapprove'],
    ['a division slash', '\u2215approve'],
    ['Cyrillic letters', '/\u0430pprove'],
    ['a letter that upper case folds to ASCII', '/appro\u017Fe'],
    ['a zero-width space before it', '\u200B/approve'],
    ['a byte order mark before it', '\uFEFF/approve'],
    ['another line separator', 'a\u2028/approve'],
    ['capitals', '/Approve'],
    ['a longer word', '/approved'],
    ['a full stop', '/approve.'],
    ['a space after the slash', '/ approve'],
    ['an escaped slash', '\\/approve'],
    ['an entity', '&#47;approve'],
    ['a path', '/approve/this'],
    ['nothing', ''],
  ])('sees no command in %s', (_what, text) => {
    expect(parseCommands(text)).toEqual([]);
  });

  it.each([
    ['a paragraph', 'Looks good.\n/approve'],
    ['a quote and an empty line', '> he said\n\n/approve'],
    ['a fenced block', '```\n/cancel\n```\n/approve'],
    ['an HTML comment', '<!-- /cancel -->\n\n/approve'],
    ['a list', '- one\n- two\n\n/approve'],
    ['an unclosed backtick', 'a ` b\n/approve'],
    ['an unclosed bracket', 'a [b\n/approve'],
    ['a lone carriage return', 'a\r/approve'],
    ['folded details', '<details><summary>x</summary>\n\nlong\n\n</details>\n\n/approve'],
  ])('sees the command after %s', (_what, text) => {
    expect(read(text)).toEqual([{ kind: 'approve', runId: null, maxMicroUsd: null }]);
  });

  it('carries out ten commands of a comment and answers the rest once', () => {
    const commands = read('/cost\n'.repeat(30));
    expect(commands).toHaveLength(MAX_COMMANDS + 1);
    expect(commands.at(-1)).toMatchObject({ kind: 'malformed' });
  });

  it.each([
    ['quotes', `${'>'.repeat(60_000)}\n/cost`],
    ['brackets', `${'['.repeat(60_000)}\n/cost`],
    ['links', `${'[a]('.repeat(15_000)}\n/cost`],
    ['commands', '/agent a\n'.repeat(7_000)],
    ['slashes', 'a\n/b '.repeat(12_000)],
    ['tags', `${'<pre '.repeat(12_000)}\n/a`],
    ['backticks', '`\n/a'.repeat(15_000)],
  ])('reads a comment full of %s at once', (_what, text) => {
    const start = process.cpuUsage().user;
    parseCommands(text);
    expect((process.cpuUsage().user - start) / 1_000).toBeLessThan(1_500);
  });

  const line = fc.constantFrom(
    '/approve',
    '/agent triager now',
    '/cancel',
    '/rework it',
    '/help',
    'text',
    '',
  );
  const block = fc.array(line, { minLength: 1, maxLength: 6 });

  it('never reads one in a fence, a quote, a code span or a comment, whatever stands around it', () => {
    const hidden = fc.oneof(
      block.map((lines) => `\`\`\`\n${lines.join('\n')}\n\`\`\``),
      block.map((lines) => lines.map((text) => `> ${text}`).join('\n')),
      block.map((lines) => lines.map((text) => `    ${text}`).join('\n')),
      block.map((lines) => `<!--\n${lines.join('\n')}\n-->`),
      line.map((text) => `a \`b\n${text === '' ? 'c' : text}\nd\``),
    );
    fc.assert(
      fc.property(fc.array(hidden, { maxLength: 5 }), (parts) => {
        expect(parseCommands(parts.join('\n\n'))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('reads each one in plain paragraphs, with its line', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('/cost', 'text', ''), { maxLength: 10 }), (lines) => {
        const expected = lines.flatMap((text, index) => (text === '/cost' ? [index + 1] : []));
        expect(parseCommands(lines.join('\n')).map((command) => command.line)).toEqual(expected);
      }),
    );
  });

  it('never throws, and never reads one where no line starts with a slash', () => {
    const part = fc.constantFrom('/approve', '\n', '```', '> ', '<!--', '-->', '`', '[', '](', '    ', 'a');
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(part, { maxLength: 40 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (input) => {
        const starts = input.split(/\r\n?|\n/).filter((row) => /^\/[a-z]/.test(row)).length;
        expect(parseCommands(input).length).toBeLessThanOrEqual(starts);
      }),
      { numRuns: 300 },
    );
  });
});
