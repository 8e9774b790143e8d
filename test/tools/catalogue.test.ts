import { describe, expect, it } from 'vitest';
import type { AgentDefinition } from '../../src/domain/agent.ts';
import { PROPOSAL_KINDS } from '../../src/domain/proposal.ts';
import { createTools } from '../../src/tools/catalogue.ts';
import type { ToolDeps } from '../../src/tools/tool-deps.ts';
import { agentWith, call, depsWith, workspaceWith } from './tool-bench.ts';

const ALWAYS = ['recall', 'note', 'noop', 'missing'];
const onPull = { subject: { kind: 'pull_request', number: 12 } } as const;

function names(agent: Partial<AgentDefinition>, deps: Partial<ToolDeps> = {}): string[] {
  return createTools(agentWith({ tools: [], ...agent }), depsWith(deps))
    .map((tool) => tool.schema.name)
    .filter((name) => !ALWAYS.includes(name));
}

describe('createTools', () => {
  it('gives every agent recall, note, noop and missing', () => {
    const tools = createTools(agentWith({ tools: [] }), depsWith());
    expect(tools.map((tool) => tool.schema.name)).toEqual(ALWAYS);
  });

  it.each<[AgentDefinition['tools'], string[]]>([
    [['read'], ['read_file', 'list_files', 'read_issue', 'read_pull_request', 'read_check_log']],
    [['search'], ['search_code']],
    [['edit'], ['edit_file', 'write_file', 'delete_file']],
    [['todo'], ['plan']],
    [['web', 'agent', 'mcp:x'], []],
  ])('grants by %j', (tools, expected) => {
    expect(names({ tools })).toEqual(expected);
  });

  it('offers run_command only where a sandbox starts', () => {
    const tools = ['shell'] as const;
    expect(names({ tools: [...tools] })).toEqual([]);
    const workspace = workspaceWith({}, { command: () => '' });
    expect(names({ tools: [...tools] }, { workspace })).toEqual(['run_command']);
  });

  it('offers no file tools without a checkout', () => {
    const tools: AgentDefinition['tools'] = ['read', 'search', 'edit', 'shell'];
    const outputs = { pull_request: { max: 1 } };
    expect(names({ tools, outputs }, { workspace: null })).toEqual([
      'read_issue',
      'read_pull_request',
      'read_check_log',
    ]);
  });

  it('offers one proposal a kind of the outputs, and none of another', () => {
    for (const kind of PROPOSAL_KINDS.filter((kind) => kind !== 'notes')) {
      expect(names({ outputs: { [kind]: { max: 1, allow: ['x'] } } }, onPull)).toEqual([`propose_${kind}`]);
      expect(names({ outputs: { [kind]: { max: 0 } } }, onPull)).toEqual([]);
    }
  });

  it('offers no review of an issue', () => {
    expect(names({ outputs: { review: { max: 1 } } })).toEqual([]);
  });

  it('describes every argument in a strict JSON schema', () => {
    const outputs = Object.fromEntries(PROPOSAL_KINDS.map((kind) => [kind, { max: 1, allow: ['x'] }]));
    const workspace = workspaceWith({}, { command: () => '' });
    const tools = createTools(agentWith({ outputs }), depsWith({ workspace, ...onPull }));
    expect(tools).toHaveLength(23);
    for (const { schema } of tools) {
      expect(schema.description.length).toBeGreaterThan(10);
      expect(schema.parameters).toMatchObject({ type: 'object', additionalProperties: false });
      expect(schema.parameters).not.toHaveProperty('$schema');
    }
    const read = tools.find((tool) => tool.schema.name === 'read_file')?.schema.parameters;
    expect(read).toMatchObject({
      required: ['path'],
      properties: { from_line: { type: 'integer', minimum: 1 } },
    });
  });
});

describe('a call with arguments that do not fit', () => {
  it.each([
    [{}, /`path`: /],
    [{ path: 'a', from_line: 0 }, /`from_line`: /],
    [{ path: 'a', from_line: '3' }, /`from_line`: /],
    [{ path: 'a', lines: 3 }, /lines/],
    ['a', /Arguments: /],
    [null, /Arguments: /],
  ])('answers %j with what is wrong', async (args, message) => {
    const outcome = await call(depsWith({ workspace: workspaceWith({ a: 'x' }) }), 'read_file', args);
    expect(outcome.isError).toBe(true);
    expect(outcome.text).toMatch(message);
  });

  it('takes null for absent, as some models write it', async () => {
    const deps = depsWith({ workspace: workspaceWith({ a: 'x' }) });
    expect((await call(deps, 'read_file', { path: 'a', from_line: null })).text).toBe('1\tx');
  });
});
