import { defaultConfig, parseConfig } from '../config/config.ts';
import { parseAgentFile } from '../config/agent-file.ts';
import type { AgentDefinition } from '../domain/agent.ts';
import type { ConfigProblem, MusterConfig } from '../domain/config.ts';
import type { GitHub } from '../ports/github.ts';

/** What a tenant's default branch says: its configuration, and every agent that can be asked for. */
export interface Catalogue {
  config: MusterConfig;
  /** The repository's own shadow built-in ones of the same name. */
  agents: AgentDefinition[];
  /** Anything here refuses runs, with the line, the key and what was expected. */
  problems: ConfigProblem[];
  /** Problems of single agent files, by agent name; they refuse that agent only. */
  agentProblems: Record<string, ConfigProblem[]>;
}

const CONFIG_FILE = '.github/muster.yml';
const AGENT_FOLDER = '.github/agents';

/** Reads the default branch; nothing of a pull request's head ever configures or instructs. */
export async function loadCatalogue(
  github: Pick<GitHub, 'readFile' | 'listFolder'>,
  builtinAgents: readonly AgentDefinition[],
): Promise<Catalogue> {
  const text = await github.readFile(CONFIG_FILE, null);
  const parsed = text === null ? null : parseConfig(text, CONFIG_FILE);
  const catalogue: Catalogue = {
    config: parsed?.kind === 'valid' ? parsed.config : defaultConfig(),
    agents: [],
    problems: parsed?.kind === 'invalid' ? parsed.problems : [],
    agentProblems: {},
  };
  const agents = new Map(builtinAgents.map((agent) => [agent.name, agent]));
  for (const path of await github.listFolder(AGENT_FOLDER, null)) {
    if (!path.endsWith('.md')) continue;
    const body = await github.readFile(path, null);
    const file = body === null ? null : parseAgentFile(body, path, 'repository');
    if (file?.kind === 'valid') agents.set(file.agent.name, file.agent);
    if (file?.kind === 'invalid') {
      const name = agentNameOf(path);
      agents.delete(name);
      catalogue.agentProblems[name] = file.problems;
    }
  }
  return {
    ...catalogue,
    agents: [...agents.values()].filter((agent) => catalogue.config.agents[agent.name]?.enabled !== false),
  };
}

function agentNameOf(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/(\.agent)?\.md$/, '');
}
