import { TOOL_GRANTS } from '../domain/agent.ts';
import type { ToolGrant } from '../domain/agent.ts';

/** Other products' names, lower-case: GitHub's custom agents and Claude's subagents. */
const ALIASES: Record<string, (typeof TOOL_GRANTS)[number]> = {
  notebookread: 'read',
  ls: 'read',
  grep: 'search',
  glob: 'search',
  multiedit: 'edit',
  write: 'edit',
  notebookedit: 'edit',
  execute: 'shell',
  bash: 'shell',
  powershell: 'shell',
  webfetch: 'web',
  websearch: 'web',
  task: 'agent',
  'custom-agent': 'agent',
  todowrite: 'todo',
  todoread: 'todo',
};

const SERVER = '[A-Za-z0-9][A-Za-z0-9_-]{0,63}';
const MCP_FORMS = [
  new RegExp(`^mcp:(${SERVER})(?:/([\\w.-]{1,128}))?$`),
  new RegExp(`^mcp__(${SERVER}?)(?:__([\\w.-]{1,128}))?$`),
  new RegExp(`^(${SERVER})/(\\*|[\\w.-]{1,128})$`),
];

/**
 * The grants that tool names of any of the formats stand for, in the order written and each once, and the
 * names that stand for none. `*` is every grant. A name with a restriction that can't be kept, such as
 * `Bash(git:*)`, is unknown rather than granted whole.
 */
export function readToolNames(names: readonly string[]): { grants: ToolGrant[]; unknown: string[] } {
  const grants = new Set<ToolGrant>();
  const unknown: string[] = [];
  for (const name of names) {
    const found = grantsFor(name);
    if (found.length === 0) unknown.push(name);
    for (const grant of found) grants.add(grant);
  }
  return { grants: [...grants], unknown };
}

function grantsFor(name: string): ToolGrant[] {
  if (name === '*') return [...TOOL_GRANTS];
  const lower = name.toLowerCase();
  const grant = TOOL_GRANTS.find((known) => known === lower) ?? aliasOf(lower);
  if (grant !== undefined) return [grant];
  for (const form of MCP_FORMS) {
    const match = form.exec(name);
    if (match === null) continue;
    const [, server, tool] = match;
    return [tool === undefined || tool === '*' ? `mcp:${server}` : `mcp:${server}/${tool}`];
  }
  return [];
}

function aliasOf(lower: string): (typeof TOOL_GRANTS)[number] | undefined {
  return Object.hasOwn(ALIASES, lower) ? ALIASES[lower] : undefined;
}

const MODELS: Record<string, string> = {
  fast: 'fast',
  standard: 'standard',
  deep: 'deep',
  inherit: 'inherit',
  haiku: 'fast',
  sonnet: 'standard',
  opus: 'deep',
};

/** The model choice that a name of any of the formats stands for, or null. */
export function readModelName(name: string): string | null {
  const lower = name.trim().toLowerCase();
  if (Object.hasOwn(MODELS, lower)) return MODELS[lower] ?? null;
  return /^[a-z][a-z0-9-]*\/[^\s/]\S{0,150}$/.test(name.trim()) ? name.trim() : null;
}
