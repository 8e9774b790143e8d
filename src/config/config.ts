import type { ConfigProblem, ModelPrice, MusterConfig } from '../domain/config.ts';
import { formatUsd, usdToMicroUsd } from '../domain/money.ts';
import { configFileSchema } from './config-schema.ts';
import type { ConfigFile } from './config-schema.ts';
import { problemsOf } from './problems.ts';
import { readYaml, withoutEmptyKeys } from './yaml-source.ts';
import type { YamlSource } from './yaml-source.ts';

const DEFAULT_BUDGETS = { run: 1, day: 20, month: 200 };

export type ParsedConfig =
  | { kind: 'valid'; config: MusterConfig; warnings: string[] }
  | { kind: 'invalid'; problems: ConfigProblem[] };

/**
 * The configuration that the text of `.github/muster.yml` means, with PRODUCT's defaults filled in, or
 * everything that is wrong with it. An empty file is the defaults, and so is a top-level key without a
 * value. Never throws.
 */
export function parseConfig(text: string, file: string): ParsedConfig {
  const yaml = readYaml(text, file);
  if (yaml.kind === 'invalid') return yaml;
  const { source } = yaml;
  const parsed = configFileSchema.safeParse(withoutEmptyKeys(source.value), { reportInput: true });
  if (!parsed.success) {
    return { kind: 'invalid', problems: problemsOf(source, configFileSchema, parsed.error.issues) };
  }
  const config = toConfig(parsed.data);
  const problems = contradictions(config, source);
  return problems.length > 0
    ? { kind: 'invalid', problems }
    : { kind: 'valid', config, warnings: warningsFor(config) };
}

/** What holds where no `muster.yml` exists. */
export function defaultConfig(): MusterConfig {
  return toConfig(configFileSchema.parse({}));
}

function toConfig(file: ConfigFile): MusterConfig {
  const { prices, ...tiers } = file.models;
  return {
    agents: mapValues(file.agents, (agent) => ({
      enabled: agent.enabled,
      autonomy: agent.autonomy ?? null,
      model: agent.model ?? null,
    })),
    permission: file.permission,
    bots: file.bots,
    models: { ...definedOf(tiers), prices: mapValues(prices, toPrice) },
    budgets: toBudgets(file.budgets),
    gate: { ...definedOf(file.gate), required: file.gate.required },
    approvals: {
      count: file.approvals.count,
      notRequester: file.approvals.not_requester,
      expireDays: file.approvals.expire_days,
    },
    judge: file.judge,
    memory: file.memory,
    mcp: file.mcp,
    protectedPaths: file.protected,
    privacy: file.privacy,
    merge: file.merge,
    notify: file.notify.map(({ url, events, secret_env }) => ({
      url,
      events,
      secretEnv: secret_env ?? null,
    })),
    isDryRun: file.dry_run,
  };
}

/** Defaults shrink with a smaller budget that was set above them; what was set itself never does. */
function toBudgets(budgets: ConfigFile['budgets']): MusterConfig['budgets'] {
  const month = budgets.month ?? DEFAULT_BUDGETS.month;
  const day = budgets.day ?? Math.min(DEFAULT_BUDGETS.day, month);
  const run = budgets.run ?? Math.min(DEFAULT_BUDGETS.run, day);
  return {
    runMicroUsd: usdToMicroUsd(run),
    dayMicroUsd: usdToMicroUsd(day),
    monthMicroUsd: usdToMicroUsd(month),
  };
}

function toPrice(price: ConfigFile['models']['prices'][string]): ModelPrice {
  return {
    inputMicroUsd: usdToMicroUsd(price.input),
    cachedMicroUsd: usdToMicroUsd(price.cached ?? price.input),
    outputMicroUsd: usdToMicroUsd(price.output),
  };
}

function contradictions(config: MusterConfig, source: YamlSource): ConfigProblem[] {
  const { runMicroUsd, dayMicroUsd, monthMicroUsd } = config.budgets;
  const problem = (key: string, limitKey: string, limitMicroUsd: number): ConfigProblem => ({
    file: source.file,
    line: source.lineOf(['budgets', key]),
    key: `budgets.${key}`,
    expected: `expected at most \`budgets.${limitKey}\`, which is ${formatUsd(limitMicroUsd)}`,
  });
  return [
    ...(runMicroUsd > dayMicroUsd ? [problem('run', 'day', dayMicroUsd)] : []),
    ...(dayMicroUsd > monthMicroUsd ? [problem('day', 'month', monthMicroUsd)] : []),
  ];
}

function warningsFor(config: MusterConfig): string[] {
  return [
    ...(['trigger', 'approve'] as const)
      .filter((key) => config.permission[key] === 'read')
      .map((key) => `\`permission.${key}: read\` is everyone where the repository is public`),
    ...(config.judge.threshold === 0 ? ['`judge.threshold: 0` lets every score pass'] : []),
  ];
}

function mapValues<From, To>(record: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

function definedOf<T extends object>(value: T): Partial<Defined<T>> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Partial<
    Defined<T>
  >;
}
