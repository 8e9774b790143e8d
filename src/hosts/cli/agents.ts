import { readBuiltinAgents } from '../../adapters/agent-files.ts';
import { parseAgentFile } from '../../config/agent-file.ts';
import type { AgentDefinition } from '../../domain/agent.ts';
import { describeProblem } from '../../domain/config.ts';
import type { Catalogue } from '../../router/routed.ts';
import { loadCatalogue } from '../../runs/catalogue.ts';
import { agentsFolder } from '../assets.ts';
import type { CliCommand } from './commands.ts';
import { folderReader, repositoryRoot } from './files.ts';
import { readOptions } from './options.ts';
import { oneLine, printJson, printLines, remark } from './output.ts';

/** The agents that can be asked for in the repository of this folder, as on GitHub: its own stand in front. */
export async function loadLocalCatalogue(folder: string): Promise<Catalogue> {
  const builtin = await readBuiltinAgents(agentsFolder(), parseAgentFile);
  return loadCatalogue(folderReader(await repositoryRoot(folder)), builtin);
}

/** `muster agents`: what can be asked for here, with what starts it and what it may do. */
export const agentsCommand: CliCommand = {
  form: 'agents [--json]',
  does: 'the agents that can be asked for here',
  run: async (args) => {
    const { values } = readOptions(args, { json: { type: 'boolean', default: false } });
    const { agents, broken, configProblems } = await loadLocalCatalogue(process.cwd());
    const sorted = [...agents].sort((left, right) => left.name.localeCompare(right.name));
    if (values.json) printJson(sorted.map(summaryOf));
    else
      printLines(sorted.flatMap((agent, index) => [...(index === 0 ? [] : ['']), ...describeAgent(agent)]));
    const problems = [...configProblems, ...broken.flatMap((file) => file.problems)];
    for (const problem of problems) remark(describeProblem(problem));
    return problems.length === 0 ? 0 : 1;
  },
};

/** What of an agent file people choose by. */
function summaryOf(agent: AgentDefinition) {
  const { name, description, category, origin, path, tools, model, schedules } = agent;
  const on = agent.on.map(({ event, action }) => (action === null ? event : `${event}.${action}`));
  const outputs = Object.entries(agent.outputs).map(([kind, limit]) => [kind, limit.max] as const);
  return {
    name,
    category,
    description,
    origin,
    path,
    model,
    triggers: { label: `agent:${name}`, command: `/agent ${name}`, on, schedules },
    tools,
    outputs: Object.fromEntries(outputs),
    budgetMicroUsd: agent.budget.microUsd,
  };
}

function describeAgent(agent: AgentDefinition): string[] {
  const { triggers, outputs, tools } = summaryOf(agent);
  const starts = [
    `label \`${triggers.label}\``,
    `\`${triggers.command}\``,
    ...triggers.on,
    ...triggers.schedules.map((cron) => `cron ${cron}`),
  ];
  const origin = agent.origin === 'builtin' ? 'built in' : agent.path;
  return [
    `${agent.name} (${agent.category ?? 'no category'}, ${origin})`,
    `  ${oneLine(agent.description, 200)}`,
    `  starts   ${starts.join(', ')}`,
    `  tools    ${tools.join(', ') || 'none'}`,
    `  outputs  ${Object.entries(outputs)
      .map(([kind, max]) => `${kind} ${max}`)
      .join(', ')}`,
  ];
}
