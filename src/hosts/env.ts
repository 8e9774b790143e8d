import { normaliseApiUrl, PUBLIC_API_URL } from '../adapters/octokit/api-url.ts';
import type { LogLevel } from '../adapters/pino-log.ts';
import { MusterError } from '../domain/errors.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** A model provider's key and where it is reached; null where the environment doesn't say. */
interface ProviderSettings {
  apiKey: string | null;
  baseUrl: string | null;
}

/** Everything that Muster takes from the environment. An empty variable counts as absent. */
export interface Environment {
  /** As given; `readCredentials` decides what they are worth. `privateKey` is PEM, whatever its form was. */
  app: { appId: string | null; privateKey: string | null; webhookSecret: string | null };
  databaseUrl: string | null;
  port: number;
  githubApiUrl: string;
  dataDirectory: string;
  logLevel: LogLevel;
  providers: Record<'anthropic' | 'openai' | 'google' | 'compatible', ProviderSettings>;
  /** `OTEL_*` as they stand, for OpenTelemetry's own reading of them. */
  otel: Record<string, string>;
  /** Every secret that the process holds, longest first, to be redacted wherever it appears. */
  secretValues: string[];
}

const DEFAULT_PORT = 3000;
const LEVELS: Record<string, LogLevel> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'error',
  silent: 'silent',
};

/** The environment as typed settings; throws `invalid_environment` naming the variable that can't be used. */
export function readEnvironment(variables: Variables = process.env): Environment {
  const read = (name: string): string | null => variables[name]?.trim() || null;
  const privateKey = read('PRIVATE_KEY');
  return {
    app: {
      appId: read('APP_ID'),
      privateKey: privateKey === null ? null : pemOf(privateKey),
      webhookSecret: read('WEBHOOK_SECRET'),
    },
    databaseUrl: read('DATABASE_URL'),
    port: portOf(read('PORT')),
    githubApiUrl: normaliseApiUrl(read('GITHUB_API_URL') ?? PUBLIC_API_URL),
    dataDirectory: read('MUSTER_DATA_DIR') ?? './data',
    logLevel: levelOf(read('LOG_LEVEL')),
    providers: {
      anthropic: { apiKey: read('ANTHROPIC_API_KEY'), baseUrl: read('ANTHROPIC_BASE_URL') },
      openai: { apiKey: read('OPENAI_API_KEY'), baseUrl: read('OPENAI_BASE_URL') },
      google: { apiKey: read('GOOGLE_GENERATIVE_AI_API_KEY'), baseUrl: null },
      compatible: {
        apiKey: read('OPENAI_COMPATIBLE_API_KEY'),
        baseUrl: read('OPENAI_COMPATIBLE_BASE_URL'),
      },
    },
    otel: Object.fromEntries(
      Object.entries(variables).flatMap(([name, value]) =>
        name.startsWith('OTEL_') && value ? [[name, value]] : [],
      ),
    ),
    secretValues: secretValuesOf(variables),
  };
}

/** What a GitHub Actions runner says of the job that it runs. */
export interface Runner {
  repository: { id: number; owner: string; name: string };
  /** The webhook's name, e.g. `issues`, and the file with its payload. */
  event: { name: string; path: string };
  /** Who caused the event. */
  actor: { id: number; login: string };
  /** The login of who started this attempt: someone else than the actor on a re-run. */
  triggeringActor: string;
  run: { id: string; attempt: number };
  /** A folder that ends with the job. */
  temporaryFolder: string;
  graphqlUrl: string;
  isDebug: boolean;
  hasSummary: boolean;
}

/** The runner's variables; throws `invalid_environment` naming the one that is missing or malformed. */
export function readRunner(variables: Variables = process.env): Runner {
  const text = (name: string, form: RegExp): string => {
    const value = variables[name] ?? '';
    if (form.test(value)) return value;
    throw invalid(name, 'what a GitHub Actions runner sets', value);
  };
  const id = (name: string): number => Number(text(name, /^[1-9]\d{0,14}$/));
  const [owner = '', name = ''] = text('GITHUB_REPOSITORY', /^[^/]+\/[^/]+$/).split('/');
  const actor = { id: id('GITHUB_ACTOR_ID'), login: text('GITHUB_ACTOR', /./) };
  return {
    repository: { id: id('GITHUB_REPOSITORY_ID'), owner, name },
    event: { name: text('GITHUB_EVENT_NAME', /./), path: text('GITHUB_EVENT_PATH', /./) },
    actor,
    triggeringActor: variables['GITHUB_TRIGGERING_ACTOR'] || actor.login,
    run: { id: text('GITHUB_RUN_ID', /^\d+$/), attempt: id('GITHUB_RUN_ATTEMPT') },
    temporaryFolder: text('RUNNER_TEMP', /./),
    graphqlUrl: text('GITHUB_GRAPHQL_URL', /^https?:/),
    isDebug: variables['RUNNER_DEBUG'] === '1',
    hasSummary: Boolean(variables['GITHUB_STEP_SUMMARY']),
  };
}

/** In a job these belong to the job's own programs, which may be tested there with a database of theirs. */
const NOT_OF_A_JOB = ['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET', 'DATABASE_URL', 'PORT', 'LOG_LEVEL'];

/** The settings of a job: `given` stands before its environment, which gives no more than providers and `OTEL_*`. */
export function readJobEnvironment(given: Variables, variables: Variables = process.env): Environment {
  const without = Object.fromEntries(NOT_OF_A_JOB.map((name) => [name, undefined]));
  return {
    ...readEnvironment({ ...variables, ...without, ...given }),
    // Of everything that the job holds: its other programs' secrets are not to be shown either.
    secretValues: secretValuesOf(variables),
  };
}

/** PEM with real newlines, from PEM with real or written (`\n`) newlines, or from base64 of either. */
export function pemOf(text: string): string {
  const decoded = text.startsWith('-----BEGIN') ? text : Buffer.from(text, 'base64').toString('utf8');
  const pem = decoded.includes('-----BEGIN') ? decoded : text;
  return `${pem
    .replaceAll(String.raw`\n`, '\n')
    .replaceAll('\r', '')
    .trim()}\n`;
}

function portOf(text: string | null): number {
  if (text === null) return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw invalid('PORT', 'a number from 0 to 65535', text);
}

function levelOf(text: string | null): LogLevel {
  if (text === null) return 'info';
  const level = Object.hasOwn(LEVELS, text.toLowerCase()) ? LEVELS[text.toLowerCase()] : undefined;
  if (level !== undefined) return level;
  throw invalid('LOG_LEVEL', `one of ${Object.keys(LEVELS).join(', ')}`, text);
}

function invalid(name: string, expected: string, value: string): MusterError {
  return new MusterError('invalid_environment', `${name}: expected ${expected}`, { value: { name, value } });
}

/** Names that hold a secret, ours and those that other tools leave in the environment. */
const SECRET_NAME =
  /(^|_)(API_?KEY|PRIVATE_KEY|ACCESS_KEY|SECRET|SECRET_KEY|TOKEN|PASSWORD|PASSWD|CREDENTIALS)$|^OTEL_.*_HEADERS$/;
const SHORTEST_SECRET = 8;

function secretValuesOf(variables: Variables): string[] {
  const found = Object.entries(variables).flatMap(([name, value = '']) => {
    const parts = SECRET_NAME.test(name.replaceAll('-', '_').toUpperCase())
      ? [value, ...partsOf(name, value)]
      : [];
    return [...parts, ...passwordsIn(value)];
  });
  const secrets = new Set(
    found.map((secret) => secret.trim()).filter((secret) => secret.length >= SHORTEST_SECRET),
  );
  return [...secrets].sort((left, right) => right.length - left.length);
}

/** What a secret may be printed as: a key line by line, OpenTelemetry's headers one by one. */
function partsOf(name: string, value: string): string[] {
  if (name === 'PRIVATE_KEY') return [pemOf(value), ...keyLinesOf(pemOf(value))];
  if (name.endsWith('_HEADERS')) return value.split(',').map((pair) => pair.slice(pair.indexOf('=') + 1));
  return [];
}

/** The lines of a PEM between its marks: a log that escapes newlines still shows each of them whole. */
export function keyLinesOf(pem: string): string[] {
  return pem.split('\n').filter((line) => line.length >= 40 && !line.startsWith('-----'));
}

/** The password of a URL such as `DATABASE_URL`, as written and as decoded. */
function passwordsIn(value: string): string[] {
  const password = value.includes('://') ? URL.parse(value)?.password : undefined;
  return password ? [password, decoded(password)] : [];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
