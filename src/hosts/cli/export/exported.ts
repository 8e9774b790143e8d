import { stringify } from 'yaml';
import type { AgentDefinition, ToolGrant } from '../../../domain/agent.ts';

/** An agent in another format, with what that format has no word for. */
export interface Exported {
  /** Where the other product looks for it. */
  path: string;
  text: string;
  /** In sentences, for the person who exports. */
  dropped: string[];
}

/** A Markdown file with front matter. */
export function agentFile(frontMatter: Record<string, unknown>, prompt: string): string {
  return `---\n${stringify(frontMatter, { lineWidth: 0 })}---\n\n${prompt}\n`;
}

/** The grants that are no MCP tools, by the other product's name for each, and the MCP servers apart. */
export function toolsBy(
  tools: readonly ToolGrant[],
  names: Readonly<Record<Exclude<ToolGrant, `mcp:${string}`>, readonly string[]>>,
): { names: string[]; mcp: string[] } {
  const known = Object.entries(names);
  return {
    names: tools.flatMap((grant) => known.find(([name]) => name === grant)?.[1] ?? []),
    mcp: tools.filter((grant) => grant.startsWith('mcp:')),
  };
}

/** What stands under `muster:` and in other products is nobody's: triggers, gate, judge, money. */
export function musterOnly(agent: AgentDefinition): string[] {
  const triggers = [...agent.on.map(({ event }) => event), ...agent.schedules];
  return [
    ...(triggers.length === 0 ? [] : [`triggers: ${triggers.join(', ')}`]),
    `outputs and their limits: ${Object.keys(agent.outputs).join(', ')}`,
    ...(Object.keys(agent.gate).length === 0 ? [] : ['gate: nothing waits for a person']),
    `judge: ${Object.keys(agent.judge.criteria).length} criteria, so nothing is judged`,
    `budget: ${agent.budget.minutes} minutes and its amount`,
  ];
}

export function droppedServers(agent: AgentDefinition, grants: readonly string[]): string[] {
  const servers = [...new Set([...agent.mcpServers, ...grants])];
  return servers.length === 0 ? [] : [`MCP servers, which are configured there: ${servers.join(', ')}`];
}

/** A prompt that names our proposal tools asks another product for tools that it lacks. */
export function promptRemarks(agent: AgentDefinition): string[] {
  const named = [...new Set(agent.prompt.match(/\b(?:propose_[a-z_]+|noop|missing)\b(?=`)/g))];
  return named.length === 0 ? [] : [`the prompt names tools of Muster, to be reworded: ${named.join(', ')}`];
}
