import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseAgentFile } from '../../../src/config/agent-file.ts';
import type { AgentDefinition } from '../../../src/domain/agent.ts';
import { toClaude } from '../../../src/hosts/cli/export/claude.ts';
import { toCopilot } from '../../../src/hosts/cli/export/copilot.ts';
import { toGhAw } from '../../../src/hosts/cli/export/gh-aw.ts';

const FILE = `---
name: fixer
description: "Fixes: bugs"
tools: [read, search, edit, shell, web, agent, todo, mcp:tracker/find]
model: deep
maxTurns: 12
mcp-servers: [tracker]
muster:
  on: { issues: [opened, edited], push: , schedule: "0 6 * * 1" }
  outputs: { pull_request: 1, labels: { max: 2, allow: [bug] }, review: 1, notes: 1 }
  gate: approve
  budget: { usd: 0.2, minutes: 9 }
---
Use \`propose_labels\`, then stop.
`;

function agent(text = FILE): AgentDefinition {
  const parsed = parseAgentFile(text, 'fixer.md', 'repository');
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.problems));
  return parsed.agent;
}

function frontMatter(text: string): unknown {
  return parse(text.split('---\n')[1] ?? '');
}

describe('an exported agent', () => {
  it('is a subagent of Claude', () => {
    const { path, text, dropped } = toClaude(agent());
    expect(path).toBe('.claude/agents/fixer.md');
    expect(frontMatter(text)).toEqual({
      name: 'fixer',
      description: 'Fixes: bugs',
      tools: 'Read, Grep, Glob, Edit, Write, Bash, WebFetch, Task, TodoWrite',
      model: 'opus',
      maxTurns: 12,
    });
    expect(dropped).toEqual(
      expect.arrayContaining([
        'triggers: issues, issues, push, 0 6 * * 1',
        'gate: nothing waits for a person',
        'MCP servers, which are configured there: tracker, mcp:tracker/find',
        'the prompt names tools of Muster, to be reworded: propose_labels',
      ]),
    );
  });

  it('is a custom agent of Copilot', () => {
    const { path, text, dropped } = toCopilot(agent());
    expect(path).toBe('.github/agents/fixer.agent.md');
    expect(frontMatter(text)).toEqual({
      name: 'fixer',
      description: 'Fixes: bugs',
      tools: ['read', 'search', 'edit', 'execute', 'web', 'agent', 'todo'],
    });
    expect(dropped).toEqual(expect.arrayContaining(['model: deep', 'maxTurns: 12']));
  });

  it('is a workflow of gh-aw, with its triggers and limits', () => {
    const { path, text, dropped } = toGhAw(agent());
    expect(path).toBe('.github/workflows/fixer.md');
    expect(frontMatter(text)).toMatchObject({
      on: {
        slash_command: { name: 'fixer' },
        label_command: { name: 'agent:fixer' },
        issues: { types: ['opened', 'edited'] },
        push: null,
        schedule: [{ cron: '0 6 * * 1' }],
      },
      permissions: 'read-all',
      tools: { github: null, edit: null, bash: null, 'web-fetch': null },
      'safe-outputs': {
        'create-pull-request': { max: 1 },
        'add-labels': { max: 2, allowed: ['bug'] },
        'create-pull-request-review-comment': null,
      },
      'max-turns': 12,
      'timeout-minutes': 9,
    });
    expect(dropped).toContain('outputs: notes');
  });

  it.each([
    ['claude', toClaude],
    ['copilot', toCopilot],
  ])('for %s is read again with the same tools and prompt', (_name, convert) => {
    const before = agent();
    const { path, text } = convert(before);
    const again = parseAgentFile(text, path, 'repository');
    expect(again).toMatchObject({
      kind: 'valid',
      agent: {
        name: 'fixer',
        prompt: before.prompt,
        tools: before.tools.filter((tool) => !tool.includes(':')),
      },
    });
  });

  it('keeps a prompt whose lines look like front matter', () => {
    const { text } = toClaude(agent(`${FILE}\n---\nname: other\n---\n`));
    expect(parseAgentFile(text, 'x.md', 'repository')).toMatchObject({
      kind: 'valid',
      agent: { name: 'fixer' },
    });
  });
});
