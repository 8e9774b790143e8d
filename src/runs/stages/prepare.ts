import { randomBytes } from 'node:crypto';
import { runCap } from '../../costs/budget.ts';
import { chooseJudge, chooseModel, panelBeside, type JudgeDecision } from '../../costs/model-choice.ts';
import { isPriced } from '../../costs/prices.ts';
import { quoteFor } from '../../costs/quote.ts';
import type { AgentDefinition } from '../../domain/agent.ts';
import { describeProblem, type MusterConfig } from '../../domain/config.ts';
import type { MicroUsd } from '../../domain/money.ts';
import type { Quote } from '../../domain/run-view.ts';
import type { IssueFacts, PullRequestFacts, RepositoryFacts } from '../../ports/github.ts';
import { loadCatalogue } from '../catalogue.ts';
import { loadCostHistory } from '../tables/ledger.ts';
import type { Session } from '../session.ts';
import { taintOfSubject } from './subject-taint.ts';

/** Everything that a run takes from GitHub and the configuration, as it was then; recorded as one step. */
export interface Prepared {
  kind: 'ready';
  repository: RepositoryFacts;
  config: MusterConfig;
  agent: AgentDefinition;
  issue: IssueFacts;
  /** Set when the subject is a pull request. */
  pullRequest: (PullRequestFacts & { isSameRepository: boolean }) | null;
  /** The branch that a pull request goes to, and the commit that is checked out. */
  baseRef: string;
  baseSha: string | null;
  model: string;
  judge: JudgeDecision;
  /** Further judges, where the configuration asks for a panel. */
  panel: string[];
  quote: Quote | null;
  capMicroUsd: MicroUsd;
  /** Random, so that nobody can forge the markers around quoted data. */
  nonce: string;
  repositoryLabels: string[];
  /** Those that a workflow file names: putting one on may start it. */
  workflowLabels: string[];
  /** Why the run is tainted from the start: the subject's author or last editor is below the threshold. */
  taint: string | null;
  /** True where `baseSha` is what someone had pushed to the run's own pull request. */
  isOnOwnHead?: true;
}

/** For a rework of what someone had pushed to the run's own pull request. */
export function onOwnHead(prepared: Prepared, headSha: string): Prepared {
  return { ...prepared, baseSha: headSha, isOnOwnHead: true };
}

export interface Unprepared {
  kind: 'refused' | 'failed';
  failureKind: string;
  reason: string;
  next: string;
}

/** For a round that a person retries: everything is read anew, but the markers around quoted data stay. */
export async function prepareAgain(session: Session, before: Prepared): Promise<Prepared | Unprepared> {
  return session.journal.step({ key: 'prepare', kind: 'prepare', input: before.nonce }, async () => {
    const again = await readWorld(session);
    return again.kind === 'ready' ? { ...again, nonce: before.nonce } : again;
  });
}

/** Typical size of the first request beside the subject's text: instructions, tools, conventions. */
const BASE_PROMPT_TOKENS = 4_000;

/** Reads the world once, decides whether the run may start, and says what it will cost. */
export async function prepare(session: Session): Promise<Prepared | Unprepared> {
  const { request } = session.run;
  return session.runJournal.step({ key: 'prepare', kind: 'prepare', input: request }, async () =>
    readWorld(session),
  );
}

async function readWorld(session: Session): Promise<Prepared | Unprepared> {
  const { github, engine } = session;
  const { request } = session.run;
  const repository = await github.getRepository();
  if (repository.isArchived)
    return refused('archived', 'The repository is archived.', 'Unarchive it, then ask again.');
  const issue = await github.getIssue(request.subject.number);
  if (issue === null) {
    return {
      ...refused('subject_gone', `#${request.subject.number} is no longer there.`, 'Nothing to do.'),
      kind: 'failed',
    };
  }
  const catalogue = await loadCatalogue(github, engine.builtinAgents);
  if (catalogue.configProblems.length > 0)
    return invalidConfig(catalogue.configProblems.map(describeProblem));
  const agent = catalogue.agents.find((candidate) => candidate.name === request.work.name);
  if (agent === undefined) {
    const broken = catalogue.broken.find((file) => file.name === request.work.name);
    return broken === undefined
      ? refused('no_agent', `There is no agent \`${request.work.name}\`.`, 'Ask for one of `/agents`.')
      : invalidConfig(broken.problems.map(describeProblem));
  }
  const models = chooseModels(session, catalogue.config, agent);
  if (models.kind !== 'chosen') return models;
  const pullRequest =
    request.subject.kind === 'pull_request' ? await github.getPullRequest(request.subject.number) : null;
  const isSameRepository = pullRequest === null || pullRequest.head.repositoryId === repository.id;
  const base = await readBase(session, repository, pullRequest);
  const repositoryLabels = await github.listLabels();
  const capMicroUsd = runCap(
    catalogue.config.budgets.runMicroUsd,
    agent.budget.microUsd,
    request.overrides.budgetMicroUsd,
  );
  return {
    kind: 'ready',
    repository,
    config: withOverrides(catalogue.config, session),
    agent: isSameRepository ? agent : withoutPullRequest(agent),
    issue,
    pullRequest: pullRequest === null ? null : { ...pullRequest, isSameRepository },
    ...base,
    model: models.model,
    judge: models.judge,
    panel: models.panel,
    quote: await makeQuote(session, catalogue.config, agent, models.model, issue, capMicroUsd),
    capMicroUsd,
    nonce: randomBytes(12).toString('hex'),
    repositoryLabels,
    workflowLabels: await labelsNamedByWorkflows(session, repositoryLabels),
    taint: await taintOfSubject(github, issue, catalogue.config.permission.trigger),
  };
}

/** A commit on a fork's head would carry the fork's own commits, which nobody was shown, into this repository. */
function withoutPullRequest(agent: AgentDefinition): AgentDefinition {
  const { pull_request: _notHere, ...outputs } = agent.outputs;
  return { ...agent, outputs };
}

const WORKFLOW_FOLDER = '.github/workflows';

async function labelsNamedByWorkflows({ github }: Session, labels: readonly string[]): Promise<string[]> {
  const paths = await github.listFolder(WORKFLOW_FOLDER, null);
  const texts = await Promise.all(paths.map(async (path) => github.readFile(path, null)));
  // Workflow expressions compare without case.
  const all = texts.join('\n').toLowerCase();
  return labels.filter((label) => all.includes(label.toLowerCase()));
}

function withOverrides(config: MusterConfig, session: Session): MusterConfig {
  const { isDryRun, overrides } = session.run.request;
  return {
    ...config,
    isDryRun: config.isDryRun || isDryRun,
    judge: { ...config.judge, threshold: overrides.judgeThreshold ?? config.judge.threshold },
  };
}

function chooseModels(
  session: Session,
  config: MusterConfig,
  agent: AgentDefinition,
): { kind: 'chosen'; model: string; judge: JudgeDecision; panel: string[] } | Unprepared {
  const { providers } = session.engine.model;
  const chosen = chooseModel({
    choice: session.run.request.overrides.model ?? config.agents[agent.name]?.model ?? agent.model,
    tiers: config.models,
    providers,
    inherited: null,
  });
  if (chosen.kind === 'refused')
    return refused('no_model', chosen.reason, 'Set a provider key, or name another model.');
  if (!isPriced(chosen.model, config.models.prices)) {
    return refused(
      'unknown_price',
      `Nobody knows what \`${chosen.model}\` costs, so its budget can't be kept.`,
      `Give its price in \`.github/muster.yml\` under \`models.prices\`.`,
    );
  }
  const judge = chooseJudge({ agentModel: chosen.model, tiers: config.models, providers });
  const beside =
    judge.kind === 'refused' ? [] : panelBeside({ judge: judge.model, agentModel: chosen.model, providers });
  return {
    kind: 'chosen',
    model: chosen.model,
    judge,
    panel: beside.filter((model) => isPriced(model, config.models.prices)),
  };
}

async function readBase(
  session: Session,
  repository: RepositoryFacts,
  pullRequest: PullRequestFacts | null,
): Promise<{ baseRef: string; baseSha: string | null }> {
  if (pullRequest !== null) return { baseRef: pullRequest.head.ref, baseSha: pullRequest.head.sha };
  return {
    baseRef: repository.defaultBranch,
    baseSha: await session.github.getRef(`refs/heads/${repository.defaultBranch}`),
  };
}

async function makeQuote(
  session: Session,
  config: MusterConfig,
  agent: AgentDefinition,
  model: string,
  issue: IssueFacts,
  capMicroUsd: MicroUsd,
): Promise<Quote | null> {
  const { tenant } = session.run.request;
  const history = await session.engine.database.transaction(tenant.id, async (tx) =>
    loadCostHistory(tx, tenant.id, `agent:${agent.name}`),
  );
  return quoteFor({
    model,
    promptTokens: BASE_PROMPT_TOKENS + Math.ceil((agent.prompt.length + issue.body.length) / 3),
    maxTurns: agent.maxTurns,
    history,
    capMicroUsd,
    overrides: config.models.prices,
  });
}

function refused(failureKind: string, reason: string, next: string): Unprepared {
  return { kind: 'refused', failureKind, reason, next };
}

function invalidConfig(problems: string[]): Unprepared {
  return refused(
    'invalid_config',
    problems.join('\n'),
    'Correct the file on the default branch, then ask again.',
  );
}
