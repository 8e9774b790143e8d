import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultConfig, parseConfig } from '../../src/config/config.ts';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { describeProblem } from '../../src/domain/config.ts';
import type { MusterConfig } from '../../src/domain/config.ts';

const FILE = '.github/muster.yml';

function configOf(text: string): MusterConfig {
  const parsed = parseConfig(text, FILE);
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(describeProblem).join('\n'));
  return parsed.config;
}

function problemsOf(text: string): string[] {
  const parsed = parseConfig(text, FILE);
  return parsed.kind === 'valid' ? [] : parsed.problems.map(describeProblem);
}

describe('the configuration', () => {
  it('is the defaults of the contract where the file is empty or only has comments', () => {
    for (const text of ['', '\n\n', '# nothing yet\n', '---\n', 'models:\nbudgets:\n  # day: 5\n']) {
      expect(configOf(text)).toEqual(defaultConfig());
    }
    expect(defaultConfig()).toMatchObject({
      permission: { trigger: 'write', approve: 'write' },
      budgets: { runMicroUsd: 1_000_000, dayMicroUsd: 20_000_000, monthMicroUsd: 200_000_000 },
      approvals: { count: 1, notRequester: false, expireDays: 7 },
      judge: { threshold: 0.7 },
      memory: { days: 180 },
      privacy: { pii: 'tokenise' },
      gate: { required: false },
      merge: 'never',
      isDryRun: false,
    });
  });

  it('reads the fifteen keys', () => {
    const text = `
agents: { triager: { enabled: false }, code-reviewer: { autonomy: comment-only, model: deep } }
permission: { trigger: triage, approve: maintain }
bots: ["renovate[bot]"]
models:
  fast: anthropic/claude-haiku-4-5
  prices: { "compatible/llama": { input: 0.1, output: 0.2 } }
budgets: { run: 0.25, day: 5, month: 50 }
gate: { labels: publish, close: block, required: true }
approvals: { count: 2, not_requester: true, expire_days: 3 }
judge: { threshold: 0.8, panel: 3 }
memory: { days: 30 }
mcp: { docs: { url: "https://docs.example/mcp" } }
protected: ["infra/**"]
privacy: { pii: redact }
merge: when_approved
notify: [{ url: "https://hooks.example/x", events: [failed], secret_env: HOOK_SECRET }]
dry_run: true
`;
    expect(configOf(text)).toEqual({
      agents: {
        triager: { enabled: false, autonomy: null, model: null },
        'code-reviewer': { enabled: true, autonomy: 'comment-only', model: 'deep' },
      },
      permission: { trigger: 'triage', approve: 'maintain' },
      bots: ['renovate[bot]'],
      models: {
        fast: 'anthropic/claude-haiku-4-5',
        prices: {
          'compatible/llama': { inputMicroUsd: 100_000, cachedMicroUsd: 100_000, outputMicroUsd: 200_000 },
        },
      },
      budgets: { runMicroUsd: 250_000, dayMicroUsd: 5_000_000, monthMicroUsd: 50_000_000 },
      gate: { labels: 'publish', close: 'block', required: true },
      approvals: { count: 2, notRequester: true, expireDays: 3 },
      judge: { threshold: 0.8, panel: 3 },
      memory: { days: 30 },
      mcp: { docs: { url: 'https://docs.example/mcp' } },
      protectedPaths: ['infra/**'],
      privacy: { pii: 'redact' },
      merge: 'when_approved',
      notify: [{ url: 'https://hooks.example/x', events: ['failed'], secretEnv: 'HOOK_SECRET' }],
      isDryRun: true,
    });
  });

  it.each([
    ['budgets:\n  day: lots', 'budgets.day', 2, 'expected a number, found the text "lots"'],
    ['\n\njugde: {}', 'jugde', 3, 'did you mean `judge`?'],
    ['gate:\n  labels: publish\n  close: aprove', 'gate.close', 3, 'did you mean `approve`?'],
    ['agents:\n  Triager: {}', 'agents.Triager', 2, 'expected a name of lower-case letters'],
    [
      'agents:\n  x:\n    enabled: yes',
      'agents.x.enabled',
      3,
      'expected true or false, found the text "yes"',
    ],
    ['approvals: { count: 0 }', 'approvals.count', 1, 'expected at least 1'],
    ['permission: { approve: none }', 'permission.approve', 1, 'expected one of read, triage'],
    ['models:\n  fast: haiku', 'models.fast', 2, 'expected `provider/model`'],
    ['protected:\n  - a/**\n  - "!b"', 'protected[1]', 3, 'without `!` in front'],
    ['notify: [{ url: "http://x.example" }]', 'notify[0].url', 1, 'expected an `https://` URL'],
    ['bots: ["*"]', 'bots[0]', 1, 'expected a login'],
    ['judge: { threshold: 7 }', 'judge.threshold', 1, 'expected at most 1'],
    ['budgets: { run: 50 }', 'budgets.run', 1, 'expected at most `budgets.day`, which is $20.00'],
    ['budgets:\n  day: 300', 'budgets.day', 2, 'expected at most `budgets.month`, which is $200.00'],
    ['budgets: { run: 0 }', 'budgets.run', 1, 'expected more than 0'],
    ['dry_run: "true"', 'dry_run', 1, 'expected true or false'],
    ['__proto__: { dry_run: true }', '__proto__', 1, 'expected one of the keys agents'],
    ['- dry_run', '(file)', 1, 'expected keys with values, found a list'],
  ])('says the line, the key and what was expected of %j', (text, key, line, expected) => {
    const [problem = ''] = problemsOf(text);
    expect(problem).toContain(`${FILE}:${line}: \`${key}\`: `);
    expect(problem).toContain(expected);
  });

  it('lists every mistake in the order of the file', () => {
    const problems = problemsOf('merge: always\nbudgets: { runn: 1, dya: 2 }\nmerg: never');
    expect(problems.map((problem) => problem.split(': ')[1])).toEqual([
      '`merge`',
      '`budgets.runn`',
      '`budgets.dya`',
      '`merg`',
    ]);
  });

  it.each([
    ['a duplicate key', 'merge: never\nmerge: when_approved', 2],
    ['a tab', 'budgets:\n\tday: 1', 2],
    ['a second document', 'dry_run: true\n---\ndry_run: false', 2],
    ['an alias that holds itself', 'mcp: &a { x: *a }', 1],
    ['an alias bomb', 'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]', 2],
    ['a tag', 'mcp: !!js/function "x"', 1],
    ['a key that is no text', '? [a]\n: b', 1],
    ['endless nesting', `mcp: ${'{ a: '.repeat(9_000)}`, 1],
    ['a file of a megabyte', `# ${'x'.repeat(1_000_000)}`, 1],
  ])('refuses %s', (_what, text, line) => {
    const parsed = parseConfig(text, FILE);
    expect(parsed.kind).toBe('invalid');
    if (parsed.kind === 'invalid') expect(parsed.problems[0]?.line).toBe(line);
  });

  it('lets a default shrink with a budget that was set below it', () => {
    expect(configOf('budgets: { day: 0.5 }').budgets).toEqual({
      runMicroUsd: 500_000,
      dayMicroUsd: 500_000,
      monthMicroUsd: 200_000_000,
    });
  });

  it('warns of settings that open more than they seem to', () => {
    const parsed = parseConfig('permission: { trigger: read }\njudge: { threshold: 0 }', FILE);
    expect(parsed).toMatchObject({
      kind: 'valid',
      warnings: [/everyone/, /every score/].map(stringMatching),
    });
  });

  it('never throws, whatever the file holds', () => {
    const word = fc.constantFrom(
      'agents',
      'gate',
      'mcp',
      '__proto__',
      '{',
      '}',
      '- ',
      ': ',
      '\n',
      '  ',
      '&a ',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(word, fc.string({ maxLength: 5 })), { maxLength: 40 }).map((parts) => parts.join('')),
      fc.object({ maxDepth: 4 }).map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(text, (input) => {
        const parsed = parseConfig(input, FILE);
        if (parsed.kind === 'valid') expect(Object.keys(parsed.config)).toHaveLength(15);
        else expect(parsed.problems.every(({ line }) => line >= 1)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the JSON Schema for editors', () => {
  it('is the one that stands in schema/muster.schema.json', () => {
    const file = path.join(import.meta.dirname, '..', '..', 'schema', 'muster.schema.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(configJsonSchema());
  });

  it('knows the fifteen keys and no others', () => {
    const { properties, additionalProperties } = configJsonSchema();
    expect(Object.keys(properties ?? {})).toHaveLength(15);
    expect(additionalProperties).toBe(false);
  });
});

function stringMatching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}
