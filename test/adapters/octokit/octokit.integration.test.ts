import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTokenAccess } from '../../../src/adapters/octokit/access.ts';
import { renameRepository } from '../../../src/simulator/repositories.ts';
import { describeGitHubContract } from '../../contracts/github.ts';
import { type SimulatedApp, startSimulatedApp } from './simulated-app.ts';
import { SILENT } from './stub-github.ts';

describeGitHubContract('Octokit with an App', async () => {
  const { simulator, access, tenant, advance } = await startSimulatedApp();
  return {
    github: await access.forTenant(tenant),
    people: { admin: 'octo', triager: 'tria', stranger: 'strange' },
    reportActionsCheck: async (name, headSha, log) => {
      const input = { name, headSha, conclusion: 'failure' as const, log };
      return (await simulator.reportCheck('octo/app', input)).id;
    },
    later: () => advance(60_000),
    close: async () => {
      const { violations } = simulator;
      await simulator.close();
      if (violations.length > 0) throw new Error(violations.join('\n'));
    },
  };
});

describe('Octokit against a simulated GitHub', () => {
  let app: SimulatedApp;

  beforeEach(async () => {
    app = await startSimulatedApp();
  });

  afterEach(() => app.simulator.close());

  it('goes on under the new name after a rename', async () => {
    const { simulator, access, tenant } = app;
    const github = await access.forTenant(tenant);
    await github.createIssue('First', '', []);
    const { state } = simulator;
    const repository = simulator.repository('octo/app');
    renameRepository(state, { user: repository.owner, app: null }, repository, 'renamed');
    expect((await github.createComment(1, 'still here')).body).toBe('still here');
    expect((await github.getRepository()).name).toBe('renamed');
  });

  it('is not led astray where the old name belongs to another repository', async () => {
    const { simulator, access, tenant } = app;
    const repository = simulator.repository('octo/app');
    renameRepository(simulator.state, { user: repository.owner, app: null }, repository, 'renamed');
    await simulator.createRepository({ owner: 'octo', name: 'app', files: { 'README.md': 'another\n' } });
    const github = await access.forTenant(tenant);
    expect(await github.readFile('README.md', null)).toBe('# Seed\n');
  });

  it('holds a token that is good for its one repository only', async () => {
    const { simulator, access, tenant } = app;
    await simulator.createRepository({ owner: 'octo', name: 'other', private: true, files: { a: 'a' } });
    const token = await (await access.forTenant(tenant)).gitToken();
    const answer = await fetch(`${simulator.url}/repos/octo/other`, {
      headers: { authorization: `token ${token}` },
    });
    expect(answer.status).toBe(404);
  });

  it('finds no git in a repository in which nobody has committed, and can put none there', async () => {
    const { simulator, access, tenant } = app;
    const { id } = await simulator.createRepository({ owner: 'octo', name: 'empty' });
    const registered = [...simulator.state.apps.values()].find(({ slug }) => slug === 'muster-test');
    if (registered === undefined) throw new Error('the App is not there');
    const { id: installationId } = simulator.installApp(registered, 'octo', ['octo/empty']);
    const github = await access.forTenant({ ...tenant, id, name: 'empty', installationId });
    expect(await github.getRef('refs/heads/main')).toBeNull();
    expect(await github.readFile('README.md', null)).toBeNull();
    await expect(github.createBlob('x', 'utf-8')).rejects.toMatchObject({
      code: 'github_not_found',
      message: expect.stringContaining('is empty'),
    });
  });

  it('renews its token before GitHub lets it expire', async () => {
    const github = await app.access.forTenant(app.tenant);
    const token = await github.gitToken();
    app.advance(51 * 60_000);
    expect(await github.gitToken()).not.toBe(token);
    expect((await github.getRepository()).name).toBe('app');
  });

  it('revokes a token, so that whoever holds it is refused', async () => {
    const { access, tenant, simulator } = app;
    const kept: string[] = [];
    const token = await (await access.forTenant(tenant, async (sealed) => void kept.push(sealed))).gitToken();
    await access.revoke(kept);
    const identity = await access.identity();
    const options = {
      baseUrl: simulator.url,
      token,
      identity,
      repository: tenant,
      log: SILENT,
      isThrottled: false,
    };
    const old = await createTokenAccess(options).forTenant(tenant);
    await expect(old.createIssue('x', '', [])).rejects.toMatchObject({ code: 'github_unauthorized' });
  });

  it.each([
    ['secondary_limit', 'github_limited'],
    ['primary_limit', 'github_limited'],
    ['reset', 'github_unavailable'],
    ['status', 'github_unavailable'],
  ] as const)('reads the fault %s as %s, and asks once', async (kind, code) => {
    const { simulator, access, tenant } = app;
    const github = await access.forTenant(tenant);
    await github.createIssue('First', '', []);
    simulator.faults.add({ path: /comments/, times: 5, kind });
    const asked = () => simulator.requests.filter(({ path }) => path.includes('/comments')).length;
    await expect(github.createComment(1, 'x')).rejects.toMatchObject({ code, isRetryable: true });
    expect(asked()).toBeLessThanOrEqual(1);
  });

  it('asks once where it paces itself, too', async () => {
    const { simulator, tenant } = app;
    const token = simulator.tokenFor('octo');
    const identity = { appId: null, login: 'octo' };
    const options = { baseUrl: simulator.url, token, identity, repository: tenant, log: SILENT };
    const github = await createTokenAccess(options).forTenant(tenant);
    expect((await github.getRepository()).name).toBe('app');
    simulator.faults.add({ path: /labels/, times: 5, kind: 'secondary_limit', retryAfterS: 7 });
    await expect(github.listLabels()).rejects.toMatchObject({
      code: 'github_limited',
      value: { retryAfterMs: 7000 },
    });
    simulator.faults.clear();
    expect(await github.listLabels()).toEqual([]);
  });

  it('works with the token of a workflow as well', async () => {
    const { simulator, tenant } = app;
    const token = simulator.actionsToken('octo/app', { issues: 'write', contents: 'read' });
    const identity = { appId: null, login: 'github-actions[bot]' };
    const options = {
      baseUrl: simulator.url,
      token,
      identity,
      repository: tenant,
      log: SILENT,
      isThrottled: false,
    };
    const github = await createTokenAccess(options).forTenant(tenant);
    expect((await github.createIssue('First', '', [])).author.login).toBe('github-actions[bot]');
    await expect(github.createRef('refs/heads/x', '0'.repeat(40))).rejects.toMatchObject({
      code: 'github_forbidden',
    });
  });
});
