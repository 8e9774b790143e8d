import { parseAgentFile } from '../config/agent-file.ts';
import { defaultConfig, parseConfig } from '../config/config.ts';
import type { AgentDefinition } from '../domain/agent.ts';
import type { GitHub } from '../ports/github.ts';
import type { Catalogue } from '../router/routed.ts';

export const CONFIG_FILE = '.github/muster.yml';
const AGENT_FOLDER = '.github/agents';

/**
 * What a tenant's default branch says: its configuration, and every agent that can be asked for. Nothing of a
 * pull request's head ever configures or instructs.
 */
export async function loadCatalogue(
  github: Pick<GitHub, 'readFile' | 'listFolder'>,
  builtinAgents: readonly AgentDefinition[],
): Promise<Catalogue> {
  const text = await github.readFile(CONFIG_FILE, null);
  const parsed = text === null ? null : parseConfig(text, CONFIG_FILE);
  const agents = new Map(builtinAgents.map((agent) => [agent.name, agent]));
  const broken: Catalogue['broken'] = [];
  for (const path of await github.listFolder(AGENT_FOLDER, null)) {
    const body = path.endsWith('.md') ? await github.readFile(path, null) : null;
    const file = body === null ? null : parseAgentFile(body, path, 'repository');
    if (file?.kind === 'valid') agents.set(file.agent.name, file.agent);
    if (file?.kind === 'invalid') {
      const name = agentNameOf(path);
      agents.delete(name);
      broken.push({ kind: 'agent', name, problems: file.problems });
    }
  }
  return {
    config: parsed?.kind === 'valid' ? parsed.config : defaultConfig(),
    configProblems: parsed?.kind === 'invalid' ? parsed.problems : [],
    agents: [...agents.values()],
    flows: [],
    broken,
  };
}

function agentNameOf(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/(\.agent)?\.md$/, '');
}
