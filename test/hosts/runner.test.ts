import { describe, expect, it } from 'vitest';
import { readJobEnvironment, readRunner } from '../../src/hosts/env.ts';

const VARIABLES = {
  GITHUB_REPOSITORY: 'acme/widgets',
  GITHUB_REPOSITORY_ID: '42',
  GITHUB_EVENT_NAME: 'issues',
  GITHUB_EVENT_PATH: '/tmp/event.json',
  GITHUB_ACTOR: 'ada',
  GITHUB_ACTOR_ID: '7',
  GITHUB_TRIGGERING_ACTOR: 'bob',
  GITHUB_RUN_ID: '700',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql',
  RUNNER_TEMP: '/tmp',
};

describe('readRunner', () => {
  it('reads what a runner says', () => {
    expect(readRunner(VARIABLES)).toEqual({
      repository: { id: 42, owner: 'acme', name: 'widgets' },
      event: { name: 'issues', path: '/tmp/event.json' },
      actor: { id: 7, login: 'ada' },
      triggeringActor: 'bob',
      run: { id: '700', attempt: 2 },
      temporaryFolder: '/tmp',
      graphqlUrl: 'https://api.github.com/graphql',
      isDebug: false,
      hasSummary: false,
    });
  });

  it.each(Object.keys(VARIABLES).filter((name) => name !== 'GITHUB_TRIGGERING_ACTOR'))(
    'names %s where it is missing',
    (name) => {
      expect(() => readRunner({ ...VARIABLES, [name]: undefined })).toThrow(name);
    },
  );
});

describe('readJobEnvironment', () => {
  it('takes from the job its providers, but nothing of its own programs', () => {
    const environment = readJobEnvironment(
      { OPENAI_API_KEY: 'given', MUSTER_DATA_DIR: '/tmp/muster' },
      {
        OPENAI_API_KEY: 'of the job',
        ANTHROPIC_API_KEY: 'sk-ant-1',
        DATABASE_URL: 'postgres://u:password@h/tests',
        PORT: 'none',
        LOG_LEVEL: 'chatty',
        PRIVATE_KEY: 'not a key',
      },
    );
    expect(environment).toMatchObject({ databaseUrl: null, dataDirectory: '/tmp/muster', logLevel: 'info' });
    expect(environment.providers.openai.apiKey).toBe('given');
    expect(environment.providers.anthropic.apiKey).toBe('sk-ant-1');
  });

  it('knows every secret of the job, inputs among them', () => {
    const { secretValues } = readJobEnvironment(
      {},
      {
        'INPUT_GITHUB-TOKEN': 'ghs_0123456789',
        'INPUT_OPENAI-COMPATIBLE-API-KEY': 'key-0123456789',
        'INPUT_DATABASE-URL': 'postgres://u:password-1@h/d',
        DATABASE_URL: 'postgres://u:password-2@h/tests',
        ACTIONS_RUNTIME_TOKEN: 'runtime-0123456789',
        GITHUB_REPOSITORY: 'acme/widgets',
      },
    );
    expect(secretValues.sort()).toEqual([
      'ghs_0123456789',
      'key-0123456789',
      'password-1',
      'password-2',
      'runtime-0123456789',
    ]);
  });
});
