import type { AgentDefinition, OutputLimit } from '../../../domain/agent.ts';
import type { ProposalKind } from '../../../domain/proposal.ts';
import { agentFile, droppedServers, promptRemarks, toolsBy, type Exported } from './exported.ts';

const TOOLS = {
  read: ['github'],
  search: ['github'],
  edit: ['edit'],
  shell: ['bash'],
  web: ['web-fetch'],
  agent: [],
  todo: [],
} as const;

/** Safe outputs by proposal kind: https://github.github.com/gh-aw/reference/safe-outputs/ */
const SAFE_OUTPUTS: Readonly<Record<ProposalKind, string | null>> = {
  comment: 'add-comment',
  labels: 'add-labels',
  assign: 'assign-to-user',
  pull_request: 'create-pull-request',
  review: 'create-pull-request-review-comment',
  issue: 'create-issue',
  close: 'close-issue',
  dispatch: 'dispatch-workflow',
  notes: null,
};

/** A workflow of GitHub Agentic Workflows: `.github/workflows/<name>.md`. */
export function toGhAw(agent: AgentDefinition): Exported {
  const tools = toolsBy(agent.tools, TOOLS);
  const outputs = Object.entries(agent.outputs) as [ProposalKind, OutputLimit][];
  const lost = outputs.filter(([kind]) => SAFE_OUTPUTS[kind] === null).map(([kind]) => kind);
  return {
    path: `.github/workflows/${agent.name}.md`,
    text: agentFile(
      {
        name: agent.name,
        description: agent.description,
        on: onOf(agent),
        permissions: 'read-all',
        tools: Object.fromEntries([...new Set(tools.names)].map((name) => [name, null])),
        'safe-outputs': Object.fromEntries(outputs.flatMap(safeOutput)),
        'max-turns': agent.maxTurns,
        'timeout-minutes': agent.budget.minutes,
      },
      agent.prompt,
    ),
    dropped: [
      'gate: nothing waits for a person',
      `judge: ${Object.keys(agent.judge.criteria).length} criteria, so nothing is judged`,
      'budget: its amount',
      `model: ${agent.model}`,
      ...(lost.length === 0 ? [] : [`outputs: ${lost.join(', ')}`]),
      ...(agent.outputs.review === undefined ? [] : ['review: only its comments on lines, no verdict']),
      ...droppedServers(agent, tools.mcp),
      ...promptRemarks(agent),
    ],
  };
}

/** Labels start it here as well; the slash command is the agent's own name. */
function onOf(agent: AgentDefinition): Record<string, unknown> {
  const events = Map.groupBy(agent.on, ({ event }) => event);
  const bound = [...events].map(([event, bindings]) => {
    const types = bindings.flatMap(({ action }) => (action === null ? [] : [action]));
    return [event, types.length === 0 ? null : { types }] as const;
  });
  return {
    slash_command: { name: agent.name },
    label_command: { name: `agent:${agent.name}` },
    ...Object.fromEntries(bound),
    ...(agent.schedules.length === 0 ? {} : { schedule: agent.schedules.map((cron) => ({ cron })) }),
  };
}

function safeOutput([kind, { max, allow }]: [ProposalKind, OutputLimit]): [string, unknown][] {
  const name = SAFE_OUTPUTS[kind];
  if (name === null) return [];
  // One review of ours holds any number of comments; each is an output there.
  if (kind === 'review') return [[name, null]];
  const listed = kind === 'labels' ? 'allowed' : 'workflows';
  return [[name, { max, ...(allow === undefined ? {} : { [listed]: allow }) }]];
}
