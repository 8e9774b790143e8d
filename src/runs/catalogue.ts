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
  const [read, files] = await Promise.all([readConfig(github), readAgentFiles(github)]);
  const agents = new Map(builtinAgents.map((agent) => [agent.name, agent]));
  const broken: Catalogue['broken'] = [];
  for (const { path, file } of files) {
    if (file.kind === 'valid') agents.set(file.agent.name, file.agent);
    else {
      const name = agentNameOf(path);
      agents.delete(name);
      broken.push({ kind: 'agent', name, problems: file.problems });
    }
  }
  return { ...read, agents: [...agents.values()], flows: [], broken };
}

/** The configuration of the default branch; the defaults where its file is missing or invalid. */
async function readConfig(
  github: Pick<GitHub, 'readFile'>,
): Promise<Pick<Catalogue, 'config' | 'configProblems'>> {
  const text = await github.readFile(CONFIG_FILE, null);
  const parsed = text === null ? null : parseConfig(text, CONFIG_FILE);
  return {
    config: parsed?.kind === 'valid' ? parsed.config : defaultConfig(),
    configProblems: parsed?.kind === 'invalid' ? parsed.problems : [],
  };
}

/** All at once: who waits for an answer waits for two requests, however many agents there are. */
async function readAgentFiles(github: Pick<GitHub, 'readFile' | 'listFolder'>) {
  const paths = (await github.listFolder(AGENT_FOLDER, null)).filter((path) => path.endsWith('.md'));
  const bodies = await Promise.all(paths.map(async (path) => github.readFile(path, null)));
  return paths.flatMap((path, index) => {
    const body = bodies[index] ?? null;
    return body === null ? [] : [{ path, file: parseAgentFile(body, path, 'repository') }];
  });
}

function agentNameOf(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/(\.agent)?\.md$/, '');
}
