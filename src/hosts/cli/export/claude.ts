import type { AgentDefinition } from '../../../domain/agent.ts';
import { agentFile, droppedServers, musterOnly, promptRemarks, toolsBy, type Exported } from './exported.ts';

const TOOLS = {
  read: ['Read'],
  search: ['Grep', 'Glob'],
  edit: ['Edit', 'Write'],
  shell: ['Bash'],
  web: ['WebFetch'],
  agent: ['Task'],
  todo: ['TodoWrite'],
} as const;

const MODELS: Readonly<Record<string, string>> = {
  fast: 'haiku',
  standard: 'sonnet',
  deep: 'opus',
  inherit: 'inherit',
};

/** A subagent of Claude Code: `.claude/agents/<name>.md`. */
export function toClaude(agent: AgentDefinition): Exported {
  const tools = toolsBy(agent.tools, TOOLS);
  const model = MODELS[agent.model];
  return {
    path: `.claude/agents/${agent.name}.md`,
    text: agentFile(
      {
        name: agent.name,
        description: agent.description,
        tools: tools.names.join(', '),
        ...(model === undefined ? {} : { model }),
        maxTurns: agent.maxTurns,
      },
      agent.prompt,
    ),
    dropped: [
      ...musterOnly(agent),
      ...(model === undefined ? [`model: ${agent.model}`] : []),
      ...droppedServers(agent, tools.mcp),
      ...promptRemarks(agent),
    ],
  };
}
