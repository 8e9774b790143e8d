import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { guessEvent } from '../../../../src/hosts/cli/simulate/guess-event.ts';

interface Example {
  name: string;
  examples: Record<string, unknown>[];
}

const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as Example[];

/** Events that no agent starts on by default, and whose bodies look like another's. */
const LOOK_ALIKES: Record<string, string> = { pull_request_target: 'pull_request' };

describe('the guess of an event', () => {
  it("never takes one of GitHub's sample payloads for another event", () => {
    const wrong = examples.flatMap(({ name, examples: bodies }) =>
      bodies
        .map((body) => guessEvent(body))
        .filter((guess) => guess !== null && guess !== name && guess !== LOOK_ALIKES[name])
        .map((guess) => `${name} taken for ${String(guess)}`),
    );
    expect([...new Set(wrong)]).toEqual([]);
  });

  it.each([
    'check_run',
    'check_suite',
    'deployment_status',
    'discussion',
    'issue_comment',
    'issues',
    'pull_request',
    'pull_request_review',
    'push',
    'release',
    'repository_dispatch',
    'workflow_run',
  ])('knows every %s of them', (name) => {
    const bodies = examples.find((example) => example.name === name)?.examples ?? [];
    expect(bodies.length).toBeGreaterThan(0);
    expect(bodies.filter((body) => guessEvent(body) !== name)).toEqual([]);
  });

  it('gives none for a body that could be anything', () => {
    expect(guessEvent({})).toBeNull();
    expect(guessEvent({ action: 'started', repository: {}, sender: {} })).toBeNull();
  });
});
