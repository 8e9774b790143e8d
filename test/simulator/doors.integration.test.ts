import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Probot, ProbotOctokit } from 'probot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realClock } from '../support/clock.ts';
import { createGitHub, SECRET, type World } from './github.ts';

const run = promisify(execFile);
const REPOSITORY = 'acme/widgets';

let world: World;
let folder = '';

beforeAll(async () => {
  world = await createGitHub();
  folder = await mkdtemp(path.join(tmpdir(), 'muster-test-'));
});

afterAll(async () => {
  await world.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe('git over HTTP', () => {
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=Wes', '-c', 'user.email=wes@example.com', ...args], {
      env: { PATH: process.env.PATH ?? '', GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', HOME: folder },
    });
  const remote = (token: string, name = REPOSITORY): string =>
    world.simulator.url.replace('://', `://x-access-token:${token}@`) + `/${name}.git`;

  it('has had all effects of a push when the push returns', async () => {
    const clone = path.join(folder, 'clone');
    await git('clone', '--quiet', remote(world.simulator.tokenFor('wes')), clone);
    await git('-C', clone, 'checkout', '--quiet', '-b', 'topic');
    await writeFile(path.join(clone, 'new.txt'), 'new\n');
    await git('-C', clone, 'add', '.');
    await git('-C', clone, 'commit', '--quiet', '-m', 'Add');
    await git('-C', clone, 'push', '--quiet', 'origin', 'topic');
    const input = { title: 'x', head: 'topic', base: 'main' };
    const { number } = (await world.repo('POST', '/pulls', input)).body;
    await world.names();
    world.heard.length = 0;
    await git('-C', clone, 'commit', '--quiet', '--allow-empty', '-m', 'More');
    await git('-C', clone, 'push', '--quiet', 'origin', 'topic');
    const { stdout } = await git('-C', clone, 'rev-parse', 'HEAD');
    expect((await world.repo('GET', `/pulls/${number}`)).body).toMatchObject({
      head: { sha: stdout.trim() },
    });
    expect(await world.names()).toEqual(['push', 'pull_request.synchronize', 'check_suite.requested']);
    expect(world.heard[0]?.payload.sender?.login).toBe('wes');
  });

  it('asks strangers of private repositories to sign in, and refuses what the token may not do', async () => {
    await world.simulator.createRepository({
      owner: 'acme',
      name: 'secret',
      private: true,
      files: { a: 'b' },
    });
    const info = `${world.simulator.url}/acme/secret.git/info/refs?service=git-upload-pack`;
    const stranger = await fetch(info);
    expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="GitHub"',
    ]);
    await expect(git('ls-remote', remote('ghs_wrong', 'acme/secret'))).rejects.toThrow();
    await expect(git('ls-remote', remote(world.simulator.tokenFor('rea'), 'acme/secret'))).rejects.toThrow(
      /not found/,
    );
    const push = info.replace('upload-pack', 'receive-pack').replace('secret', 'widgets');
    const basic = Buffer.from(`x-access-token:${world.simulator.tokenFor('rea')}`).toString('base64');
    expect((await fetch(push, { headers: { authorization: `Basic ${basic}` } })).status).toBe(403);
    expect((await git('ls-remote', remote(world.token, 'acme/secret'))).stdout).toContain('refs/heads/main');
  });
});

describe('GraphQL', () => {
  it('answers under both addresses, to those who are signed in', async () => {
    const query = { query: `query { repository(owner: "acme", name: "widgets") { databaseId } }` };
    for (const address of ['/graphql', '/api/graphql']) {
      const { body } = await world.call('POST', address, query);
      expect(body).toEqual({
        data: { repository: { databaseId: world.simulator.repository(REPOSITORY).id } },
      });
      expect((await world.call('POST', address, query, '')).status).toBe(401);
    }
  });
});

describe('Probot', () => {
  it('signs in with the key of the App and comments', async () => {
    const live = await createGitHub({ clock: realClock });
    const probot = new Probot({
      appId: live.app.id,
      privateKey: live.privateKey,
      secret: SECRET,
      baseUrl: live.simulator.url,
      Octokit: ProbotOctokit,
      logLevel: 'fatal',
    });
    const octokit = await probot.auth(live.installation.id);
    const place = { owner: 'acme', repo: 'widgets' };
    const issue = await live.simulator.as('ada').openIssue(REPOSITORY, { title: 'x' });
    const { data } = await octokit.rest.issues.createComment({
      ...place,
      issue_number: issue.number,
      body: 'Hi',
    });
    expect(data.user?.login).toBe('muster[bot]');
    const listed = await octokit.paginate(octokit.rest.issues.listComments, {
      ...place,
      issue_number: issue.number,
    });
    expect(listed.map((entry) => entry.body)).toEqual(['Hi']);
    const content = await octokit.rest.repos.getContent({ ...place, path: 'src/a.txt' });
    expect(content.data).toMatchObject({ type: 'file', path: 'src/a.txt' });
    expect(live.simulator.violations).toEqual([]);
    await live.dispose();
  });
});
