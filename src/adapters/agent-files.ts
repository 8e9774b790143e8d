import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { AgentDefinition, ParsedAgentFile } from '../domain/agent.ts';
import { describeProblem } from '../domain/config.ts';
import { MusterError } from '../domain/errors.ts';

/**
 * The agents that come with Muster, by name: every Markdown file directly in `folder`, read with `parse`.
 * Throws `invalid_agent` where a file is invalid, has warnings, or two files share a name: what we ship has
 * none of these.
 */
export async function readBuiltinAgents(
  folder: string,
  parse: (text: string, file: string, origin: AgentDefinition['origin']) => ParsedAgentFile,
): Promise<AgentDefinition[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.md')).sort();
  const agents = await Promise.all(
    names.map(async (name) => {
      const file = `agents/${name}`;
      const parsed = parse(await readFile(path.join(folder, name), 'utf8'), file, 'builtin');
      if (parsed.kind === 'invalid') throw invalid(parsed.problems.map(describeProblem));
      if (parsed.warnings.length > 0) throw invalid(parsed.warnings.map((text) => `${file}: ${text}`));
      return parsed.agent;
    }),
  );
  const twice = agents.find((agent, index) => agents.findIndex(({ name }) => name === agent.name) < index);
  if (twice !== undefined) throw invalid([`${twice.path}: another file is called \`${twice.name}\` too`]);
  return agents;
}

function invalid(lines: string[]): MusterError {
  return new MusterError('invalid_agent', lines.join('\n'), { value: lines });
}
