import type { RunWishes } from '../../app.ts';
import { isAgentName } from '../../domain/agent.ts';
import { MusterError } from '../../domain/errors.ts';
import { usdToMicroUsd } from '../../domain/money.ts';

/** The Action's inputs (PRODUCT.md section 10), checked. An empty input counts as absent. */
export interface Inputs {
  token: string;
  /** Null where the event decides what runs. */
  agent: string | null;
  request: string | null;
  wishes: RunWishes;
  /** Null for `state: none`. */
  databaseUrl: string | null;
  /** Providers' keys and addresses by the name of the environment variable that they stand for. */
  providers: Record<string, string>;
}

const PROVIDERS = {
  'anthropic-api-key': 'ANTHROPIC_API_KEY',
  'openai-api-key': 'OPENAI_API_KEY',
  'openai-compatible-base-url': 'OPENAI_COMPATIBLE_BASE_URL',
  'openai-compatible-api-key': 'OPENAI_COMPATIBLE_API_KEY',
};

/** Reads every input through `read`; throws `invalid_input` naming the one that can't be used. */
export function readInputs(read: (name: string) => string): Inputs {
  const text = (name: string): string | null => read(name).trim() || null;
  const token = text('github-token');
  if (token === null) throw invalid('github-token', 'a token, `${{ github.token }}` by default');
  const agent = text('agent');
  if (agent !== null && !isAgentName(agent)) throw invalid('agent', 'the name of an agent');
  const request = text('request');
  if (request !== null && agent === null) throw invalid('request', '`agent` beside it, which it instructs');
  const model = text('model');
  const budgetUsd = number('budget-usd', text('budget-usd'), (usd) => usd > 0, 'US dollars, more than 0');
  const threshold = number(
    'judge-threshold',
    text('judge-threshold'),
    (score) => score >= 0 && score <= 1,
    'a number from 0 to 1',
  );
  return {
    token,
    agent,
    request,
    wishes: {
      isDryRun: boolean('dry-run', text('dry-run')),
      overrides: {
        ...(model === null ? {} : { model }),
        ...(budgetUsd === null ? {} : { budgetMicroUsd: usdToMicroUsd(budgetUsd) }),
        ...(threshold === null ? {} : { judgeThreshold: threshold }),
      },
    },
    databaseUrl: stateOf(text('state'), text('database-url')),
    providers: Object.fromEntries(
      Object.entries(PROVIDERS).flatMap(([input, variable]) => {
        const value = text(input);
        return value === null ? [] : [[variable, value]];
      }),
    ),
  };
}

function stateOf(state: string | null, databaseUrl: string | null): string | null {
  switch (state) {
    case null:
      return databaseUrl;
    case 'none':
      if (databaseUrl !== null) throw invalid('state', '`database`, since `database-url` is given');
      return null;
    case 'database':
      if (databaseUrl === null)
        throw invalid('database-url', 'the URL of a PostgreSQL for `state: database`');
      return databaseUrl;
    case 'branch':
      throw invalid('state', '`database` or `none`: this version keeps no state on a branch');
    default:
      throw invalid('state', '`database` or `none`');
  }
}

function number(
  name: string,
  text: string | null,
  isFit: (value: number) => boolean,
  expected: string,
): number | null {
  if (text === null) return null;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (isFit(value)) return value;
  throw invalid(name, expected);
}

function boolean(name: string, text: string | null): boolean {
  if (text === null || text.toLowerCase() === 'false') return false;
  if (text.toLowerCase() === 'true') return true;
  throw invalid(name, '`true` or `false`');
}

function invalid(name: string, expected: string): MusterError {
  return new MusterError('invalid_input', `Input \`${name}\`: expected ${expected}.`);
}
