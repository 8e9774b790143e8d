import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAgentFile } from '../../src/config/agent-file.ts';
import type { AgentDefinition } from '../../src/domain/agent.ts';
import { describeProblem } from '../../src/domain/config.ts';

const FILE = '.github/agents/sample.md';

function parse(frontMatter: string, file = FILE, body = 'Do it.') {
  return parseAgentFile(`---\n${frontMatter}\n---\n\n${body}\n`, file, 'repository');
}

function valid(frontMatter: string, file = FILE): { agent: AgentDefinition; warnings: string[] } {
  const parsed = parse(frontMatter, file);
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(describeProblem).join('\n'));
  return parsed;
}

describe('an agent file', () => {
  it('gets every default of the contract', () => {
    expect(valid('description: Helps.')).toEqual({
      kind: 'valid',
      warnings: [],
      agent: {
        name: 'sample',
        description: 'Helps.',
        prompt: 'Do it.',
        path: FILE,
        origin: 'repository',
        tools: ['read', 'search'],
        model: 'standard',
        maxTurns: 30,
        category: null,
        on: [],
        schedules: [],
        outputs: { comment: { max: 1 } },
        gate: {},
        budget: { microUsd: 500_000, minutes: 15 },
        judge: {
          threshold: null,
          criteria: {
            does_what_was_asked: 'Does what was asked.',
            claims_supported: 'Claims are supported.',
          },
        },
        mcpServers: [],
        unknownKeys: [],
      },
    });
  });

  it('may open one pull request where it can edit and names no outputs', () => {
    expect(valid('description: x\ntools: [edit]').agent.outputs).toEqual({
      comment: { max: 1 },
      pull_request: { max: 1 },
    });
    expect(valid('description: x\ntools: [edit]\nmuster: { outputs: { review: 2 } }').agent.outputs).toEqual({
      review: { max: 2 },
    });
  });

  it('reads the sample of the contract', () => {
    const { agent, warnings } = valid(`name: bug-root-cause-analyzer
description: Finds the root cause of a reported bug and proposes the smallest fix.
tools: [read, search, edit, shell]
model: standard            # fast | standard | deep | inherit | provider/model
maxTurns: 30
muster:
  category: quality
  on: { issues: [opened], schedule: "0 6 * * 1" }     # label and command always work
  outputs: { comment: 1, pull_request: 1, labels: { max: 3, allow: [bug, needs-repro] } }
  gate: review
  budget: { usd: 0.50, minutes: 15 }
  judge:
    threshold: 0.75
    criteria:
      root_cause: The cause named is supported by code that is quoted.
      minimal: The change touches only what the cause needs.`);
    expect(warnings).toEqual([]);
    expect(agent).toMatchObject({
      on: [{ event: 'issues', action: 'opened' }],
      schedules: ['0 6 * * 1'],
      outputs: {
        comment: { max: 1 },
        pull_request: { max: 1 },
        labels: { max: 3, allow: ['bug', 'needs-repro'] },
      },
      gate: { pull_request: 'review' },
      judge: { threshold: 0.75, criteria: { minimal: 'The change touches only what the cause needs.' } },
    });
  });

  it("reads a Claude subagent unchanged, though its description isn't YAML", () => {
    const { agent, warnings } = valid(
      `name: code-helper
description: Use this agent when: code breaks. Examples: <example>user: "help"</example>
tools: Read, Grep, Glob, Bash, MultiEdit, mcp__playwright__click
model: opus
color: red
mcpServers: [playwright]`,
      '.claude/agents/code-helper.md',
    );
    expect(agent).toMatchObject({
      name: 'code-helper',
      description: 'Use this agent when: code breaks. Examples: <example>user: "help"</example>',
      tools: ['read', 'search', 'shell', 'edit', 'mcp:playwright/click'],
      model: 'deep',
      mcpServers: ['playwright'],
      unknownKeys: [],
    });
    expect(warnings).toEqual(['`color` has no effect here']);
  });

  it("reads a GitHub .agent.md unchanged, and says by which name it's called", () => {
    const { agent, warnings } = valid(
      `name: Readme Creator
description: Writes.
tools: ["read", "edit", "custom-agent", "github/*", "playwright/click"]
target: github-copilot
mcp-servers: { playwright: { type: local, command: npx } }
metadata: { team: docs }`,
      '.github/agents/readme.agent.md',
    );
    expect(agent).toMatchObject({
      name: 'readme-creator',
      tools: ['read', 'edit', 'agent', 'mcp:github', 'mcp:playwright/click'],
      mcpServers: ['playwright'],
    });
    expect(warnings[0]).toContain('`readme-creator`');
  });

  it.each(['.github/agents/sample.md', '.github/agents/sample.agent.md'])(
    'is named for its file %s',
    (file) => {
      expect(valid('description: x', file).agent.name).toBe('sample');
    },
  );

  it('keeps and reports keys that no format knows', () => {
    const { agent, warnings } = valid('description: x\nauthor: ada');
    expect(agent.unknownKeys).toEqual(['author']);
    expect(warnings).toEqual(['`author` is no key of an agent file and has no effect']);
  });

  it('leaves out tools that it has no match for, and a restriction that it could not keep', () => {
    const { agent, warnings } = valid('description: x\ntools: [read, codebase, "Bash(git:*)", constructor]');
    expect(agent.tools).toEqual(['read']);
    expect(warnings).toHaveLength(3);
  });

  it('takes disallowed tools away, and none at all means none', () => {
    expect(valid('description: x\ntools: "*"\ndisallowedTools: Bash, web').agent.tools).toEqual([
      'read',
      'search',
      'edit',
      'agent',
      'todo',
    ]);
    expect(valid('description: x\ntools: []').agent.tools).toEqual([]);
  });

  it.each([
    ['haiku', 'fast'],
    ['Sonnet', 'standard'],
    ['deep', 'deep'],
    ['inherit', 'inherit'],
    ['openai/gpt-5', 'openai/gpt-5'],
    ['GPT-5 (copilot)', 'standard'],
    ['constructor', 'standard'],
  ])('reads the model %s as %s', (model, choice) => {
    expect(valid(`description: x\nmodel: ${model}`).agent.model).toBe(choice);
  });

  it.each([
    ['push', [{ event: 'push', action: null }], []],
    [
      '[push, issues.opened]',
      [
        { event: 'push', action: null },
        { event: 'issues', action: 'opened' },
      ],
      [],
    ],
    [
      '{ push: null, release: {} }',
      [
        { event: 'push', action: null },
        { event: 'release', action: null },
      ],
      [],
    ],
    ['{ check_suite: completed }', [{ event: 'check_suite', action: 'completed' }], []],
    [
      '{ schedule: ["0 6 * * 1", "*/15 8-18 * jan-mar mon,fri"] }',
      [],
      ['0 6 * * 1', '*/15 8-18 * jan-mar mon,fri'],
    ],
  ])('starts on %s', (on, bindings, schedules) => {
    const { agent } = valid(`description: x\nmuster:\n  on: ${on}`);
    expect(agent.on).toEqual(bindings);
    expect(agent.schedules).toEqual(schedules);
  });

  it('tightens every kind with one gate value, but `review` only pull requests', () => {
    expect(Object.keys(valid('description: x\nmuster: { gate: approve }').agent.gate)).toHaveLength(9);
    expect(valid('description: x\nmuster: { gate: review }').agent.gate).toEqual({ pull_request: 'review' });
    expect(valid('description: x\nmuster: { gate: { close: block } }').agent.gate).toEqual({
      close: 'block',
    });
  });

  it('reads Windows line ends and a byte order mark', () => {
    const parsed = parseAgentFile('\uFEFF---\r\ndescription: x\r\n---\r\nOne.\r\nTwo.\r\n', FILE, 'builtin');
    expect(parsed).toMatchObject({ kind: 'valid', agent: { prompt: 'One.\nTwo.', origin: 'builtin' } });
  });

  it('warns of a prompt that other products would refuse', () => {
    const parsed = parse('description: x', FILE, 'x'.repeat(30_001));
    expect(parsed).toMatchObject({ kind: 'valid', warnings: [expect.stringContaining('30001 characters')] });
  });

  it('never throws, whatever the file holds', () => {
    const yaml = fc.object({
      key: fc.constantFrom('tools', 'muster', 'on', 'name', 'description', 'gate', 'mcpServers', '__proto__'),
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          yaml.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          const parsed = parse(text);
          expect(parsed.kind === 'valid' || parsed.problems.length > 0).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});
