import { MODEL_TIERS, type ModelTier } from '../domain/config.ts';

/** `models.<tier>` of the configuration; what it leaves out is the default of a provider with a key. */
export type ConfiguredTiers = Partial<Record<ModelTier, string>>;

export type ModelDecision = { kind: 'chosen'; model: string } | { kind: 'refused'; reason: string };

export type JudgeDecision =
  | { kind: 'chosen'; model: string; isSelfJudged: boolean }
  | { kind: 'refused'; reason: string };

/** The documented defaults, and their like at the other providers; `compatible` names no models by itself. */
const DEFAULT_MODELS: Record<string, Record<ModelTier, string>> = {
  anthropic: {
    fast: 'anthropic/claude-haiku-4-5',
    standard: 'anthropic/claude-sonnet-4-5',
    deep: 'anthropic/claude-opus-4-5',
    judge: 'anthropic/claude-sonnet-4-5',
  },
  openai: {
    fast: 'openai/gpt-5-mini',
    standard: 'openai/gpt-5',
    deep: 'openai/gpt-5.2',
    judge: 'openai/gpt-5',
  },
  google: {
    fast: 'google/gemini-2.5-flash',
    standard: 'google/gemini-2.5-pro',
    deep: 'google/gemini-3.1-pro-preview',
    judge: 'google/gemini-2.5-pro',
  },
};

/** Names that Claude's agent files use, so that they run unchanged on any provider. */
const ALIASES: Record<string, ModelTier> = {
  fast: 'fast',
  haiku: 'fast',
  standard: 'standard',
  sonnet: 'standard',
  deep: 'deep',
  opus: 'deep',
};

/** Tried in this order when one provider has to judge itself with another model. */
const SELF_JUDGES: ModelTier[] = ['judge', 'deep', 'standard', 'fast'];

/**
 * The `provider/model` that an agent runs on. `inherit` is the model of whoever delegated, else the standard
 * tier. Refuses, with what to change, where the key of the provider is missing or the name says nothing.
 */
export function chooseModel(facts: {
  choice: string;
  tiers: ConfiguredTiers;
  /** Those with a key, in order of preference. */
  providers: readonly string[];
  inherited: string | null;
}): ModelDecision {
  const { choice, tiers, providers, inherited } = facts;
  if (choice === 'inherit') {
    return inherited === null ? chooseTier('standard', tiers, providers) : withKey(inherited, providers);
  }
  if (choice.includes('/')) return withKey(choice, providers);
  if (Object.hasOwn(ALIASES, choice)) return chooseTier(ALIASES[choice] ?? 'standard', tiers, providers);
  if (choice.startsWith('claude-')) return withKey(`anthropic/${choice}`, providers);
  return refused(`\`${choice}\` is no model: use fast, standard, deep, inherit or provider/model`);
}

/**
 * The model that judges. The configured one, else the default of another provider than the agent's, else
 * another model of the same provider, and at last the agent's own: `isSelfJudged` says that the provider
 * judges itself.
 */
export function chooseJudge(facts: {
  agentModel: string;
  tiers: ConfiguredTiers;
  providers: readonly string[];
}): JudgeDecision {
  const { agentModel, tiers, providers } = facts;
  const own = providerOf(agentModel);
  const configured = tiers.judge;
  if (configured !== undefined && configured !== agentModel) {
    const decision = withKey(configured, providers);
    return decision.kind === 'refused'
      ? decision
      : { ...decision, isSelfJudged: providerOf(configured) === own };
  }
  const other = providers
    .filter((provider) => provider !== own)
    .map((provider) => defaultModel(provider, 'judge'));
  const independent = other.find((model) => model !== undefined);
  if (independent !== undefined) return { kind: 'chosen', model: independent, isSelfJudged: false };
  const decision = withKey(agentModel, providers);
  return decision.kind === 'refused'
    ? decision
    : { kind: 'chosen', model: siblingOf(agentModel, tiers) ?? agentModel, isSelfJudged: true };
}

/**
 * Who else may sit on a panel beside the judge: the default judges of the providers that are neither the
 * judge's nor the agent's, whose judgements would resemble theirs.
 */
export function panelBeside(facts: {
  judge: string;
  agentModel: string;
  providers: readonly string[];
}): string[] {
  const taken = new Set([providerOf(facts.judge), providerOf(facts.agentModel)]);
  return facts.providers
    .filter((provider) => !taken.has(provider))
    .flatMap((provider) => defaultModel(provider, 'judge') ?? []);
}

/** The models of the tiers, as configured or by default; those without a key are left out. */
export function tierModels(tiers: ConfiguredTiers, providers: readonly string[]): string[] {
  return MODEL_TIERS.flatMap((tier) => {
    const chosen = chooseTier(tier, tiers, providers);
    return chosen.kind === 'chosen' ? [chosen.model] : [];
  });
}

function chooseTier(tier: ModelTier, tiers: ConfiguredTiers, providers: readonly string[]): ModelDecision {
  const configured = tiers[tier];
  if (configured !== undefined) return withKey(configured, providers);
  const model = providers.map((provider) => defaultModel(provider, tier)).find((name) => name !== undefined);
  if (model !== undefined) return { kind: 'chosen', model };
  return refused(
    providers.length === 0
      ? 'no model provider has a key'
      : `\`models.${tier}\` of muster.yml has to name a model: ${providers.join(', ')} has no default`,
  );
}

function withKey(model: string, providers: readonly string[]): ModelDecision {
  const provider = providerOf(model);
  if (model.length <= provider.length + 1) return refused(`\`${model}\` names no model: use provider/model`);
  if (providers.includes(provider)) return { kind: 'chosen', model };
  const present = providers.length === 0 ? 'none has one' : `there is one for ${providers.join(', ')}`;
  return refused(`\`${model}\` needs a key for ${provider}: ${present}`);
}

function siblingOf(agentModel: string, tiers: ConfiguredTiers): string | undefined {
  const provider = providerOf(agentModel);
  return SELF_JUDGES.flatMap((tier) => [tiers[tier], defaultModel(provider, tier)]).find(
    (model) => model !== undefined && model !== agentModel && providerOf(model) === provider,
  );
}

function defaultModel(provider: string, tier: ModelTier): string | undefined {
  return Object.hasOwn(DEFAULT_MODELS, provider) ? DEFAULT_MODELS[provider]?.[tier] : undefined;
}

function providerOf(model: string): string {
  return model.split('/', 1)[0] ?? model;
}

function refused(reason: string): { kind: 'refused'; reason: string } {
  return { kind: 'refused', reason };
}
