import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGitHub, type Answer, type World } from './github.ts';
import { appJwt } from './jwt.ts';

let world: World;

beforeAll(async () => {
  world = await createGitHub();
  await world.simulator.createRepository({ owner: 'acme', name: 'secret', private: true, files: { a: 'b' } });
  world.simulator.createUser('eve');
});

afterAll(() => world.dispose());

function tokenWith(body: object): Promise<Answer> {
  const path = `/app/installations/${world.installation.id}/access_tokens`;
  return world.call('POST', path, body, world.jwt());
}

const seconds = (): number => Math.floor(world.clock.now().getTime() / 1000);

describe('JWTs of Apps', () => {
  it('shows the App to itself, with the id or the client id as issuer', async () => {
    for (const issuer of [world.app.id, String(world.app.id), world.app.clientId]) {
      const jwt = appJwt(issuer, world.privateKey, world.clock.now());
      expect((await world.call('GET', '/app', undefined, jwt)).body).toMatchObject({ slug: 'muster' });
    }
  });

  it('refuses the signature of another key', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    const jwt = appJwt(world.app.id, privateKey, world.clock.now());
    const { status, body } = await world.call('GET', '/app', undefined, jwt);
    expect([status, body.message]).toEqual([401, 'A JSON web token could not be decoded']);
  });

  it.each([
    ['has expired', () => ({ exp: seconds() - 1 }), /'exp'\) must be/],
    ['lives over ten minutes', () => ({ exp: seconds() + 601 }), /too far in the future/],
    ['is from the future', () => ({ iat: seconds() + 30 }), /'iat'\)/],
  ])('refuses one that %s', async (_name, times, message) => {
    const jwt = appJwt(world.app.id, world.privateKey, world.clock.now(), times());
    const { status, body } = await world.call('GET', '/app', undefined, jwt);
    expect(status).toBe(401);
    expect(body.message).toMatch(message);
  });

  it('opens only the endpoints of Apps, and those open to nothing else', async () => {
    expect((await world.repo('POST', '/issues', { title: 'x' }, world.jwt())).status).toBe(401);
    expect((await world.call('GET', '/app')).status).toBe(401);
  });
});

describe('installation tokens', () => {
  it('are long, last an hour and end with 401', async () => {
    const { status, body } = await tokenWith({});
    expect(status).toBe(201);
    expect(body.token).toMatch(new RegExp(`^ghs_${world.app.id}_[\\w-]+\\.[\\w-]+\\.[\\w-]+$`));
    expect(Date.parse(body.expires_at) - world.clock.now().getTime()).toBe(3_600_000);
    expect((await world.repo('GET', '', undefined, body.token)).status).toBe(200);
    world.clock.advance(3_600_000);
    const late = await world.repo('GET', '', undefined, body.token);
    expect([late.status, late.body.message]).toEqual([401, 'Bad credentials']);
    world.token = (await tokenWith({})).body.token;
  });

  it('can be revoked', async () => {
    const { token } = (await tokenWith({})).body;
    expect((await world.call('DELETE', '/installation/token', undefined, token)).status).toBe(204);
    expect((await world.repo('GET', '', undefined, token)).status).toBe(401);
  });

  it('reach only the repositories that they are scoped to', async () => {
    const { id } = world.simulator.repository('acme/widgets');
    const { body } = await tokenWith({ repository_ids: [id] });
    const { token } = body;
    expect(body).toMatchObject({ repository_selection: 'selected' });
    expect((await world.call('GET', '/repos/acme/secret', undefined, token)).status).toBe(404);
    expect((await world.call('GET', '/repos/acme/secret')).status).toBe(200);
    const listed = await world.call('GET', '/installation/repositories', undefined, token);
    expect(listed.body.repositories.map((entry) => entry.name)).toEqual(['widgets']);
  });

  it('read public repositories outside their scope, and write to none', async () => {
    const { id } = world.simulator.repository('acme/secret');
    const { token } = (await tokenWith({ repository_ids: [id] })).body;
    expect((await world.repo('GET', '/contents/README.md', undefined, token)).status).toBe(200);
    const refused = await world.repo('POST', '/issues', { title: 'x' }, token);
    expect([refused.status, refused.body.message]).toEqual([403, 'Resource not accessible by integration']);
  });

  it('carry only the permissions that were asked for, and never more than were granted', async () => {
    const { token, permissions } = (await tokenWith({ permissions: { issues: 'read' } })).body;
    expect(permissions).toEqual({ metadata: 'read', issues: 'read' });
    const refused = await world.repo('POST', '/issues', { title: 'x' }, token);
    expect([refused.status, refused.body.message]).toEqual([403, 'Resource not accessible by integration']);
    expect((await world.call('GET', '/repos/acme/secret/contents/a', undefined, token)).status).toBe(403);
    expect((await tokenWith({ permissions: { statuses: 'write' } })).status).toBe(422);
    expect((await tokenWith({ repository_ids: [1] })).status).toBe(422);
  });
});

describe('people and workflows', () => {
  it('act by their role', async () => {
    const as = (login: string): string => world.simulator.tokenFor(login);
    const { number } = await world.simulator.as('rea').openIssue('acme/widgets', { title: 'Broken' });
    const label = { labels: ['bug'] };
    expect((await world.repo('POST', `/issues/${number}/labels`, label, as('rea'))).status).toBe(403);
    expect((await world.repo('POST', `/issues/${number}/labels`, label, as('tri'))).status).toBe(200);
    expect((await world.repo('POST', '/issues', { title: 'Hi' }, as('eve'))).status).toBe(201);
    expect((await world.call('GET', '/repos/acme/secret', undefined, as('eve'))).status).toBe(404);
    expect((await world.call('GET', '/user', undefined, as('eve'))).body.login).toBe('eve');
  });

  it.each([
    ['ada', 'admin', 'admin'],
    ['max', 'write', 'maintain'],
    ['wes', 'write', 'write'],
    ['tri', 'read', 'triage'],
    ['rea', 'read', 'read'],
  ])('folds the permission of %s to %s and names the role %s', async (login, permission, role_name) => {
    const { body } = await world.repo('GET', `/collaborators/${login}/permission`);
    expect(body).toMatchObject({ permission, role_name });
    expect(body.user.permissions.triage).toBe(login !== 'rea');
    expect(body.user.permissions.maintain).toBe(['ada', 'max'].includes(login));
  });

  it('gives a workflow a token for one repository, as github-actions[bot]', async () => {
    const token = world.simulator.actionsToken('acme/widgets', { issues: 'write' });
    const { body } = await world.repo('POST', '/issues', { title: 'From CI' }, token);
    expect(body.user.login).toBe('github-actions[bot]');
    expect((await world.call('GET', '/repos/acme/secret', undefined, token)).status).toBe(404);
    expect((await world.repo('POST', '/git/blobs', { content: 'x' }, token)).status).toBe(403);
  });

  it('refuses strangers, unknown tokens and unknown routes', async () => {
    expect((await world.repo('POST', '/issues', { title: 'x' }, '')).status).toBe(401);
    expect((await world.repo('GET', '', undefined, 'ghs_none')).status).toBe(401);
    expect((await world.call('GET', '/no/such/route')).status).toBe(404);
    expect((await world.call('GET', '/repos/acme/nothing')).status).toBe(404);
  });
});

describe('repositories', () => {
  it('answer under their id, under both prefixes, and redirect from an old name', async () => {
    const { id } = await world.simulator.createRepository({ owner: 'acme', name: 'old', files: { a: 'b' } });
    world.simulator.rename('acme/old', 'new', 'ada');
    expect((await world.call('GET', `/repositories/${id}`)).body.full_name).toBe('acme/new');
    expect((await world.call('GET', `/api/v3/repositories/${id}/contents/a`)).body.name).toBe('a');
    const moved = await world.call('GET', '/repos/acme/old/issues?state=all');
    expect(moved.status).toBe(301);
    expect(moved.headers.get('location')).toBe(`${world.simulator.url}/repositories/${id}/issues?state=all`);
  });

  it('are read-only once archived', async () => {
    const repository = await world.simulator.createRepository({
      owner: 'acme',
      name: 'done',
      files: { a: 'b' },
    });
    repository.isArchived = true;
    const refused = await world.call('POST', '/repos/acme/done/issues', { title: 'x' });
    expect([refused.status, refused.body.message]).toEqual([403, 'Repository was archived so is read-only.']);
  });
});
