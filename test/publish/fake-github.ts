import { MusterError } from '../../src/domain/errors.ts';
import type { GitHub, RepositoryFacts } from '../../src/ports/github.ts';
import type { PublishTarget } from '../../src/publish/target.ts';
import { RUN_ID } from './fixtures.ts';
import { checkMethods, gitMethods, issueMethods, pullMethods } from './fake-methods.ts';
import { emptyState, US, type FakeState } from './fake-state.ts';

type Method = {
  [Name in keyof GitHub]: GitHub[Name] extends (...args: never[]) => Promise<unknown> ? Name : never;
}[keyof GitHub];

export type FakeApi = Omit<
  GitHub,
  | 'gitToken'
  | 'getRepository'
  | 'listFolder'
  | 'permissionOf'
  | 'lastEditors'
  | 'lastLabelEvent'
  | 'listLabels'
  | 'mergePullRequest'
  | 'deleteRef'
  | 'readCheckLog'
>;

export interface Fake {
  state: FakeState;
  github: FakeApi;
  /** The next call of the method is carried out, and its answer lost. */
  loseAnswer: (method: Method) => void;
  /** Runs before the next call of the method, as another person would act in between. */
  before: (method: Method, act: () => void) => void;
}

/** GitHub in memory, as far as publishing uses it. */
export function fakeGitHub(appId: number | null = 5): Fake {
  const state = emptyState();
  const lost = new Set<string>();
  const acts = new Map<string, () => void>();
  const api = { identity: { appId, login: US.login }, tenant: TENANT, ...methods(state) };
  const github = new Proxy(api, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        const act = acts.get(name);
        acts.delete(name);
        act?.();
        if (/^(create|update|replace|add|remove|close|assign|mark|convert|dispatch)/.test(name))
          state.writes.push(name);
        const answer: unknown = await Reflect.apply(value, target, args);
        if (lost.delete(name)) throw new MusterError('github_unavailable', 'reset', { isRetryable: true });
        return answer;
      };
    },
  });
  return {
    state,
    github,
    loseAnswer: (method) => void lost.add(method),
    before: (method, act) => void acts.set(method, act),
  };
}

const TENANT = { id: 1, owner: 'acme', name: 'shop', installationId: 9 };

const REPOSITORY: RepositoryFacts = {
  id: 1,
  owner: 'acme',
  name: 'shop',
  defaultBranch: 'main',
  isPrivate: false,
  isArchived: false,
  cloneUrl: 'https://github.com/acme/shop.git',
  url: 'https://github.com/acme/shop',
};

export function aTarget(
  github: FakeApi,
  overrides: Partial<PublishTarget<FakeApi>> = {},
): PublishTarget<FakeApi> {
  return {
    github,
    runId: RUN_ID,
    agent: 'root-cause',
    subject: { kind: 'issue', number: 12 },
    since: '2026-11-22T11:59:00Z',
    repository: REPOSITORY,
    headSha: null,
    commit: null,
    isDraftWanted: true,
    wholeUrl: null,
    ...overrides,
  };
}

function methods(state: FakeState): Omit<FakeApi, 'identity' | 'tenant'> {
  let nextId = 1000;
  const newId = (): number => (nextId += 1);
  return {
    ...issueMethods(state, newId),
    ...pullMethods(state, newId),
    ...gitMethods(state),
    ...checkMethods(state, newId),
  };
}
