import { changeAutonomy } from '../../config/change-autonomy.ts';
import type { AgentDefinition } from '../../domain/agent.ts';
import type { MusterConfig } from '../../domain/config.ts';
import { MusterError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/tenant.ts';
import { isNewRecord, weighRecord } from '../../judge/autonomy.ts';
import type { GitHub, PullRequestFacts } from '../../ports/github.ts';
import { findRungProposals, openRungProposal, type RungChange } from '../../publish/rung-proposal.ts';
import { openGate } from '../events/act-on-pull-request.ts';
import { CONFIG_FILE, loadCatalogue } from '../catalogue.ts';
import type { Engine } from '../engine.ts';
import { loadDecidedAgents, loadRungDecisions, noteRungs, rungOf } from '../tables/rungs.ts';
import { loadStanding } from '../tables/tenants.ts';

type Earned = Omit<RungChange, 'file' | 'base'>;

/**
 * Weighs every agent's record in a repository, and proposes the rungs that follow as pull requests to
 * `muster.yml`: at most one an agent, never anew while it is open or was answered and the record is the same. Safe
 * to repeat.
 */
export async function weighAutonomy(engine: Engine, tenantId: TenantId): Promise<void> {
  const standing = await loadStanding(engine.database, tenantId);
  if (standing === null || standing.isRemoved || standing.isSuspended) return;
  const github = await engine.githubAccess.forTenant(standing.tenant);
  const { agents, config, configProblems } = await loadCatalogue(github, engine.builtinAgents);
  if (configProblems.length > 0) return;
  const names = agents.map(({ name }) => name);
  const decided = await engine.database.transaction(tenantId, async (tx) => {
    await noteRungs(tx, tenantId, config, names);
    return loadDecidedAgents(tx, tenantId);
  });
  for (const agent of agents.filter(({ name }) => decided.has(name))) {
    const earned = await weigh(engine, tenantId, config, agent);
    if (earned !== null && !config.isDryRun) await attempt(engine, github, config, earned);
  }
}

/** What can't be proposed for one agent does not keep the others from it. */
async function attempt(engine: Engine, github: GitHub, config: MusterConfig, earned: Earned): Promise<void> {
  const { agent, to } = earned;
  try {
    const pull = await propose(github, earned);
    if (pull !== null && config.gate.required) await openGate(github, pull.head.sha);
  } catch (error) {
    if (!(error instanceof MusterError) || error.isRetryable) throw error;
    const fields = { tenant: github.tenant.id, agent, rung: to, error: error.message };
    engine.log.warn('a rung could not be proposed', fields);
  }
}

/** What an agent has earned or lost; null where that is nothing. */
async function weigh(
  { database }: Engine,
  tenantId: TenantId,
  config: MusterConfig,
  agent: AgentDefinition,
): Promise<Earned | null> {
  const { name } = agent;
  const from = rungOf(config, name);
  const decisions = await database.transaction(tenantId, async (tx) =>
    loadRungDecisions(tx, tenantId, name, from),
  );
  const record = weighRecord(from, decisions);
  const to = record.proposed;
  const isVain = to === 'auto' && !mayOpenReady(config, agent);
  if (to === null || isVain || config.agents[name]?.enabled === false) return null;
  return { agent: name, from, to, record, decisions };
}

/** `auto` is about pull requests alone, and only where neither the configuration nor the agent file says what to do. */
function mayOpenReady({ gate }: MusterConfig, agent: AgentDefinition): boolean {
  const own = agent.gate.pull_request ?? 'publish';
  return agent.outputs.pull_request !== undefined && gate.pull_request === undefined && own === 'publish';
}

/** The open pull request; null where people have answered it. */
async function propose(github: GitHub, earned: Earned): Promise<PullRequestFacts | null> {
  const { agent, to, record, decisions } = earned;
  const earlier = await findRungProposals(github, agent);
  const open = earlier.find(({ pull }) => pull.state === 'open');
  if (open?.to === to) return open.pull;
  // The record says otherwise by now.
  if (open !== undefined) await github.closePullRequest(open.pull.number);
  const answered = earlier.find((proposal) => proposal.to === to);
  if (answered !== undefined && !isNewRecord(decisions, record, answered.at)) return null;
  const { defaultBranch } = await github.getRepository();
  const sha = await github.getRef(`refs/heads/${defaultBranch}`);
  if (sha === null) return null;
  const text = changeAutonomy((await github.readFile(CONFIG_FILE, sha)) ?? '', agent, to);
  if (text === null)
    throw new MusterError('config_unwritable', 'the configuration has no place for the rung');
  const base = { ref: defaultBranch, sha };
  return openRungProposal(github, { ...earned, file: { path: CONFIG_FILE, text }, base });
}
