import { parseAgentFile } from '../../src/config/agent-file.ts';
import { defaultConfig } from '../../src/config/config.ts';
import type { AgentDefinition } from '../../src/domain/agent.ts';
import type { MusterConfig } from '../../src/domain/config.ts';
import type { PermissionLevel } from '../../src/domain/permission.ts';
import type { LabelEventFacts } from '../../src/ports/github.ts';
import { readEvent } from '../../src/router/read-event.ts';
import { route } from '../../src/router/route.ts';
import type { Catalogue, Routed, RouteDeps } from '../../src/router/routed.ts';

export type Payload = Record<string, unknown>;

export const NOW = '2026-11-22T12:00:00Z';
export const RECENTLY = '2026-11-22T11:59:00Z';

export const ADA = { id: 1, login: 'ada', type: 'User' };
export const EVE = { id: 66, login: 'eve', type: 'User' };
export const BOT = { id: 9, login: 'renovate[bot]', type: 'Bot' };
export const MUSTER = { id: 77, login: 'muster[bot]', type: 'Bot' };
const APP_ID = 4711;

export const ISSUE = {
  number: 12,
  node_id: 'I_12',
  body: 'It breaks on Mondays.',
  user: ADA,
  updated_at: RECENTLY,
};

export const PULL_REQUEST = {
  number: 7,
  node_id: 'PR_7',
  body: 'Adds the calendar.',
  user: ADA,
  head: { sha: 'abc1234' },
  merged: false,
  updated_at: RECENTLY,
};

export function payload(overrides: Payload): Payload {
  return {
    repository: { id: 100, name: 'shop', owner: { login: 'acme' } },
    installation: { id: 5 },
    sender: ADA,
    ...overrides,
  };
}

export function labeledPayload(label: string, overrides: Payload = {}): Payload {
  return payload({ action: 'labeled', issue: ISSUE, label: { name: label }, ...overrides });
}

export function commentPayload(body: string, overrides: Payload = {}, user: Payload = ADA): Payload {
  const comment = { id: 55, node_id: 'IC_55', body, user, created_at: RECENTLY, updated_at: RECENTLY };
  return payload({ action: 'created', issue: ISSUE, comment, sender: user, ...overrides });
}

export function reviewPayload(state: string, review: Payload = {}, overrides: Payload = {}): Payload {
  return payload({
    action: 'submitted',
    pull_request: PULL_REQUEST,
    review: {
      id: 34,
      node_id: 'PRR_34',
      body: null,
      user: ADA,
      state,
      commit_id: 'abc1234',
      submitted_at: RECENTLY,
      ...review,
    },
    ...overrides,
  });
}

export function buttonPayload(identifier: string, checkRun: Payload = {}, overrides: Payload = {}): Payload {
  return payload({
    action: 'requested_action',
    check_run: {
      id: 21,
      head_sha: 'abc1234',
      external_id: 'r_abcdefghij27,r_aaaaaaaaaaaa',
      app: { id: APP_ID },
      pull_requests: [{ number: 7, base: { repo: { id: 100 } } }],
      ...checkRun,
    },
    requested_action: { identifier },
    ...overrides,
  });
}

export function suitePayload(conclusion: string, suite: Payload = {}, overrides: Payload = {}): Payload {
  return payload({
    action: 'completed',
    check_suite: {
      id: 88,
      head_sha: 'abc1234',
      conclusion,
      app: { id: 15368 },
      updated_at: RECENTLY,
      pull_requests: [{ number: 7, base: { repo: { id: 100 } } }],
      ...suite,
    },
    ...overrides,
  });
}

export function agent(name: string, muster = '{}'): AgentDefinition {
  const text = `---\nname: ${name}\ndescription: x\nmuster: ${muster}\n---\nDo it.`;
  const parsed = parseAgentFile(text, `agents/${name}.md`, 'builtin');
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.problems));
  return parsed.agent;
}

export function catalogue(overrides: Partial<Catalogue> = {}, config: Partial<MusterConfig> = {}): Catalogue {
  return {
    config: { ...defaultConfig(), ...config },
    configProblems: [],
    agents: [agent('triager', '{ on: { issues: [opened] } }'), agent('code-reviewer')],
    flows: [{ name: 'build', on: [] }],
    broken: [],
    ...overrides,
  };
}

export interface World {
  levels: Record<string, PermissionLevel>;
  labelEvent: LabelEventFacts | null;
  catalogue: Catalogue;
  ownPullRequests: number[];
  appId: number | null;
}

/** Ada may write, everyone else reads; pull request 7 is Muster's. */
export function deps(overrides: Partial<World> = {}): RouteDeps & { asked: string[] } {
  const world: World = {
    levels: { ada: 'write' },
    labelEvent: null,
    catalogue: catalogue(),
    ownPullRequests: [7],
    appId: APP_ID,
    ...overrides,
  };
  const asked: string[] = [];
  return {
    asked,
    github: {
      identity: { appId: world.appId, login: 'muster[bot]' },
      permissionOf: (login) => {
        asked.push(login);
        return Promise.resolve(world.levels[login] ?? 'read');
      },
      lastLabelEvent: () => Promise.resolve(world.labelEvent),
    },
    catalogue: () => Promise.resolve(world.catalogue),
    isOwnPullRequest: (number) => Promise.resolve(world.ownPullRequests.includes(number)),
    now: new Date(NOW),
  };
}

/** Reads and routes one webhook. */
export function routed(event: string, body: Payload, world: Partial<World> = {}): Promise<Routed[]> {
  return route(readEvent(event, body), deps(world));
}
