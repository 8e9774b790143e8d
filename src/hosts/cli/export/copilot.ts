import type { AgentDefinition } from '../../../domain/agent.ts';
import { agentFile, droppedServers, musterOnly, promptRemarks, toolsBy, type Exported } from './exported.ts';

const TOOLS = {
  read: ['read'],
  search: ['search'],
  edit: ['edit'],
  shell: ['execute'],
  web: ['web'],
  agent: ['agent'],
  todo: ['todo'],
} as const;

/** GitHub's limit for the prompt of a custom agent. */
const MAX_PROMPT = 30_000;

/** A custom agent of GitHub Copilot: `.github/agents/<name>.agent.md`. */
export function toCopilot(agent: AgentDefinition): Exported {
  const tools = toolsBy(agent.tools, TOOLS);
  return {
    path: `.github/agents/${agent.name}.agent.md`,
    text: agentFile({ name: agent.name, description: agent.description, tools: tools.names }, agent.prompt),
    dropped: [
      ...musterOnly(agent),
      `model: ${agent.model}`,
      `maxTurns: ${agent.maxTurns}`,
      ...droppedServers(agent, tools.mcp),
      ...promptRemarks(agent),
      ...(agent.prompt.length > MAX_PROMPT
        ? [`the prompt has ${agent.prompt.length} characters; GitHub takes ${MAX_PROMPT}`]
        : []),
    ],
  };
}
