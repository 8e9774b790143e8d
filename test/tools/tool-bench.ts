import type { AgentDefinition } from '../../src/domain/agent.ts';
import type { FileChange } from '../../src/domain/proposal.ts';
import type { Json } from '../../src/domain/json.ts';
import type { CommentFacts, IssueFacts, PullRequestFacts } from '../../src/ports/github.ts';
import type { ToolOutcome } from '../../src/ports/tool.ts';
import type { SearchHit, Workspace } from '../../src/ports/workspace.ts';
import { createTools } from '../../src/tools/catalogue.ts';
import type { ToolDeps } from '../../src/tools/tool-deps.ts';

const ada = { id: 1, login: 'ada', isBot: false };
export const eve = { id: 2, login: 'eve', isBot: false };

export function agentWith(fields: Partial<AgentDefinition>): AgentDefinition {
  return {
    name: 'a',
    description: '',
    prompt: '',
    path: 'agents/a.md',
    origin: 'builtin',
    tools: ['read', 'search', 'edit', 'shell', 'todo'],
    model: 'standard',
    maxTurns: 30,
    category: null,
    on: [],
    schedules: [],
    outputs: {},
    gate: {},
    budget: { microUsd: 500_000, minutes: 15 },
    judge: { threshold: null, criteria: {} },
    mcpServers: [],
    unknownKeys: [],
    ...fields,
  };
}

/** A workspace on a map of texts; `command` stands for what run_command does to it. */
export function workspaceWith(
  base: Record<string, string>,
  { hits = [], command }: { hits?: SearchHit[]; command?: (files: Map<string, string>) => string } = {},
): Workspace {
  const files = new Map(Object.entries(base));
  const stateOf = (path: string): FileChange => ({
    path,
    mode: '100644',
    content: files.get(path) ?? null,
    encoding: 'utf-8',
    origin: 'edit',
  });
  return {
    baseSha: 'b'.repeat(40),
    readFile: async (path) => files.get(path) ?? null,
    listFiles: async (glob) => {
      const name = glob?.replace(/^\*\*\//, '');
      return [...files.keys()].sort().filter((file) => name === undefined || file.endsWith(name));
    },
    search: async (_pattern, _glob, limit) => hits.slice(0, limit),
    writeFile: async (path, content) => void files.set(path, content),
    deleteFile: async (path) => void files.delete(path),
    changes: async (paths) => {
      const all = [...new Set([...Object.keys(base), ...files.keys()])].sort();
      return (paths ?? all.filter((path) => files.get(path) !== base[path])).map(stateOf);
    },
    apply: async () => {},
    runCommand:
      command === undefined
        ? null
        : async () => ({ exitCode: 0, output: command(files), hasTimedOut: false }),
    dispose: async () => {},
  };
}

export function issueWith(fields: Partial<IssueFacts>): IssueFacts {
  return {
    number: 12,
    nodeId: 'I_12',
    title: 'Crash',
    body: 'It crashes.',
    state: 'open',
    author: ada,
    labels: [],
    assignees: [],
    isPullRequest: false,
    url: 'https://github.com/o/r/issues/12',
    updatedAt: '2026-11-22T10:00:00Z',
    ...fields,
  };
}

export function commentWith(fields: Partial<CommentFacts>): CommentFacts {
  return {
    id: 1,
    nodeId: 'C_1',
    body: 'Me too.',
    author: ada,
    url: 'https://github.com/o/r/issues/12#issuecomment-1',
    createdAt: '2026-11-22T09:00:00Z',
    updatedAt: '2026-11-22T09:00:00Z',
    ...fields,
  };
}

export function pullWith(fields: Partial<PullRequestFacts>): PullRequestFacts {
  return {
    number: 12,
    nodeId: 'P_12',
    title: 'Fix',
    body: 'Fixes it.',
    state: 'open',
    isDraft: false,
    isMerged: false,
    author: ada,
    head: { sha: 'h'.repeat(40), ref: 'fix', repositoryId: 7 },
    base: { sha: 'b'.repeat(40), ref: 'main' },
    url: 'https://github.com/o/r/pull/12',
    updatedAt: '2026-11-22T10:00:00Z',
    ...fields,
  };
}

/** Eve is a stranger; everyone else is trusted. Quotes look like `«source|text»`. */
export function depsWith(
  fields: Partial<Omit<ToolDeps, 'github'>> & { github?: Partial<ToolDeps['github']> } = {},
): ToolDeps {
  return {
    workspace: workspaceWith({}),
    subject: { kind: 'issue', number: 12 },
    headSha: 'h'.repeat(40),
    triggerAt: '2026-11-22T10:00:00Z',
    isWorkspaceTrusted: true,
    isTrusted: async (author) => author.login !== 'eve',
    recall: async () => [],
    quote: (text, source) => `«${source}|${text}»`,
    quoteCode: (text, source) => `«${source}|${text}»`,
    ...fields,
    github: {
      identity: { appId: 5, login: 'muster[bot]' },
      tenant: { id: 7, owner: 'o', name: 'r', installationId: null },
      getIssue: async () => null,
      listComments: async () => [],
      lastEditors: async () => new Map(),
      getPullRequest: async () => null,
      listPullRequestFiles: async () => [],
      listChecks: async () => [],
      readCheckLog: async () => null,
      ...fields.github,
    },
  };
}

/** Calls one tool of an agent with every grant and output. */
export async function call(deps: ToolDeps, name: string, args: Json): Promise<ToolOutcome> {
  const labels = { max: 1, allow: ['bug'] };
  const one = { max: 1 };
  const outputs: AgentDefinition['outputs'] = {
    comment: one,
    review: one,
    labels,
    assign: one,
    issue: one,
    pull_request: one,
    close: one,
    dispatch: { max: 1, allow: ['deploy.yml'] },
  };
  const tool = createTools(agentWith({ outputs }), deps).find((candidate) => candidate.schema.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return tool.run(args, new AbortController().signal);
}
