import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { MusterError } from '../../src/domain/errors.ts';
import { readEvent } from '../../src/router/read-event.ts';
import { route } from '../../src/router/route.ts';
import type { Routed, RouteDeps } from '../../src/router/routed.ts';
import { agent, catalogue } from './factories.ts';

interface Example {
  name: string;
  examples: Record<string, unknown>[];
}

/* GitHub's own sample payloads: 58 events, 329 payloads. */
const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as Example[];
const payloads = examples.flatMap(({ name, examples: bodies }) => bodies.map((body) => ({ name, body })));

/** Everyone is an administrator, every pull request ours, and one agent starts on everything. */
const permissive: RouteDeps = {
  github: {
    identity: { appId: 1, login: 'muster[bot]' },
    permissionOf: () => Promise.resolve('admin'),
    lastLabelEvent: () => Promise.resolve(null),
  },
  catalogue: () => {
    const on = examples.map(({ name }) => ({ event: name, action: null }));
    return Promise.resolve(catalogue({ agents: [{ ...agent('everything'), on }] }));
  },
  isOwnPullRequest: () => Promise.resolve(true),
  now: new Date('2018-01-01'),
};

/** Nobody may do anything, GitHub answers with errors, and the configuration is broken. */
const adverse: RouteDeps = {
  github: {
    identity: { appId: null, login: 'muster' },
    permissionOf: forbidden,
    lastLabelEvent: forbidden,
  },
  catalogue: () =>
    Promise.resolve(
      catalogue({ configProblems: [{ file: 'x', line: 1, key: 'y', expected: 'z' }], agents: [] }),
    ),
  isOwnPullRequest: () => Promise.resolve(false),
  now: new Date('2018-01-01'),
};

function forbidden(): Promise<never> {
  return Promise.reject(new MusterError('github_forbidden', 'no'));
}

async function outcomes(deps: RouteDeps): Promise<Map<string, Routed[]>> {
  const found = new Map<string, Routed[]>();
  for (const [index, { name, body }] of payloads.entries()) {
    found.set(`${name}.${String(body.action)}#${index}`, await route(readEvent(name, body), deps));
  }
  return found;
}

describe("GitHub's sample payloads", () => {
  it('are there', () => {
    expect(payloads).toHaveLength(329);
  });

  it('all start the agent that is bound to everything, but those of no repository and of tenants', async () => {
    const rest = [...(await outcomes(permissive))].filter(
      ([, routed]) => !routed.some(({ kind }) => kind === 'run' || kind === 'lifecycle'),
    );
    const reasons = rest.map(([name, routed]) => `${name.replace(/#.*/, '')} ${JSON.stringify(routed)}`);
    expect(reasons.filter((reason) => !/names no repository|changes nothing here/.test(reason))).toEqual([]);
    expect(reasons.filter((reason) => reason.includes('malformed'))).toEqual([]);
  });

  it('start nothing where nobody may and nothing is bound', async () => {
    for (const [name, routed] of await outcomes(adverse)) {
      const quiet = routed.filter(({ kind }) => ['ignored', 'pull_request', 'lifecycle'].includes(kind));
      const mute = routed.filter((next) => next.kind === 'ignored' && next.reason === '');
      expect({ name, count: quiet.length, mute }).toEqual({
        name,
        count: Math.max(1, routed.length),
        mute: [],
      });
    }
  });
});
