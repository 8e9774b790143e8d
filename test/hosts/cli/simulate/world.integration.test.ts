import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createAppAccess } from '../../../../src/adapters/octokit/access.ts';
import { fitPayload, moveToNow } from '../../../../src/hosts/cli/simulate/fit-payload.ts';
import { readScenario } from '../../../../src/hosts/cli/simulate/scenario.ts';
import { createWorld } from '../../../../src/hosts/cli/simulate/world.ts';
import type { GitHub } from '../../../../src/ports/github.ts';
import { readEvent } from '../../../../src/router/read-event.ts';
import { realClock } from '../../../support/clock.ts';
import { silentLog } from '../../../support/log.ts';

type Payload = Record<string, unknown>;

const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
  name: string;
  examples: Payload[];
}[];

function example(name: string, action?: string): Payload {
  const bodies = examples.find((entry) => entry.name === name)?.examples ?? [];
  return bodies.find((body) => action === undefined || body['action'] === action) ?? {};
}

/** The world of one of GitHub's samples, as Muster sees it through its own adapter. */
async function inWorldOf(
  name: string,
  body: Payload,
  look: (github: GitHub, event: ReturnType<typeof readEvent>) => Promise<void>,
): Promise<void> {
  const now = realClock.now();
  const read = readEvent(name, body);
  const moved = moveToNow(body, 'at' in read ? read.at : null, now);
  const scenario = readScenario(moved, now);
  if (scenario === null) throw new Error(`${name} names no repository`);
  const world = await createWorld(scenario, { 'README.md': 'Hello.\n' }, realClock);
  try {
    const event = readEvent(name, fitPayload(moved, world));
    if (!('tenant' in event)) throw new Error(`${name}: ${event.kind}`);
    const { app, privateKey, simulator } = world;
    const access = createAppAccess({
      appId: app.id,
      privateKey,
      baseUrl: simulator.url,
      isThrottled: false,
      log: silentLog,
    });
    await look(await access.forTenant(event.tenant), event);
  } finally {
    await world.simulator.close();
  }
}

describe('the simulated world of an event', () => {
  it('has the labelled issue, and who put the label on', async () => {
    await inWorldOf('issues', example('issues', 'labeled'), async (github, event) => {
      if (event.kind !== 'labeled') throw new Error(event.kind);
      const issue = await github.getIssue(event.thread.number);
      expect(issue).toMatchObject({ nodeId: event.thread.nodeId, body: event.thread.body });
      const labelled = await github.lastLabelEvent(event.thread.number, event.label);
      expect(labelled?.actor).toEqual(event.sender);
      expect((await github.getRepository()).id).toBe(event.tenant.id);
      expect(await github.readFile('README.md', null)).toBe('Hello.\n');
    });
  });

  it('has the comment unedited, with its author’s access, and takes a reaction on it', async () => {
    await inWorldOf('issue_comment', example('issue_comment', 'created'), async (github, event) => {
      if (event.kind !== 'commented') throw new Error(event.kind);
      const comment = await github.getComment(event.comment.id);
      expect(comment).toMatchObject({ body: event.comment.body, author: event.comment.author });
      expect(comment?.updatedAt).toBe(comment?.createdAt);
      expect(await github.permissionOf(event.comment.author.login)).toBe('admin');
      await github.react(event.comment.nodeId, 'eyes');
    });
  });

  it('has the reviewed pull request at the head that the event names, and the review', async () => {
    await inWorldOf(
      'pull_request_review',
      example('pull_request_review', 'submitted'),
      async (github, event) => {
        if (event.kind !== 'reviewed') throw new Error(event.kind);
        const { number } = event.thread;
        expect(await github.getPullRequest(number)).toMatchObject({ head: { sha: event.headSha } });
        expect(await github.listPullRequestFiles(number)).toHaveLength(1);
        expect(await github.listReviews(number)).toMatchObject([
          { id: event.review.id, commitSha: event.headSha, author: event.review.author },
        ]);
      },
    );
  });

  it('keeps the head of a fork out of the branches, and a stranger without access', async () => {
    const body = structuredClone(example('pull_request', 'opened')) as {
      pull_request: {
        head: { repo: { id: number } };
        user: { id: number; login: string };
        author_association: string;
      };
      sender: object;
    };
    const stranger = { ...body.pull_request.user, id: 4_711, login: 'mallory' };
    body.pull_request = { ...body.pull_request, user: stranger, author_association: 'NONE' };
    body.pull_request.head.repo.id = 99;
    await inWorldOf('pull_request', { ...body, sender: stranger }, async (github, event) => {
      if (event.kind !== 'pull_request') throw new Error(event.kind);
      const pull = await github.getPullRequest(event.thread.number);
      expect(pull?.head).toMatchObject({ sha: event.headSha, repositoryId: null });
      expect(await github.getRef(`refs/heads/${pull?.head.ref}`)).toBeNull();
      expect(await github.permissionOf('mallory')).toBe('read');
    });
  });
});
