import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGitHub, type World } from './github.ts';

const REPOSITORY = 'acme/widgets';

let world: World;

beforeEach(async () => {
  world = await createGitHub();
});

afterEach(() => world.dispose());

async function openIssues(...titles: string[]): Promise<void> {
  for (const title of titles) await world.simulator.as('ada').openIssue(REPOSITORY, { title });
}

function titles(): unknown[] {
  return world.heard.map((entry) => (entry.payload.issue as { title: string }).title);
}

describe('deliveries', () => {
  it('can arrive twice with the same id', async () => {
    world.simulator.webhooks.duplicateNext(1);
    await openIssues('a', 'b');
    await world.names();
    expect(titles()).toEqual(['a', 'a', 'b']);
    expect(world.heard[0]?.guid).toBe(world.heard[1]?.guid);
  });

  it('can get lost, and are listed as failed', async () => {
    world.simulator.webhooks.dropNext(1);
    await openIssues('a', 'b');
    await world.names();
    expect(titles()).toEqual(['b']);
    const { list } = await world.call('GET', '/app/hook/deliveries?status=failure', undefined, world.jwt());
    expect(list).toMatchObject([{ event: 'issues', action: 'opened', status_code: 0 }]);
  });

  it('can be held back and arrive in the wrong order', async () => {
    world.simulator.webhooks.hold();
    await openIssues('a', 'b', 'c');
    expect(await world.names()).toEqual([]);
    world.simulator.webhooks.release('reversed');
    await world.names();
    expect(titles()).toEqual(['c', 'b', 'a']);
  });

  it('that failed are not repeated until the App asks, and keep their id then', async () => {
    world.answerWith(500);
    await openIssues('a');
    await world.names();
    world.answerWith(202);
    const list = () => world.call('GET', '/app/hook/deliveries', undefined, world.jwt());
    const [failed] = (await list()).list;
    expect(failed).toMatchObject({ status_code: 500, redelivery: false });
    const path = `/app/hook/deliveries/${failed?.id}`;
    expect((await world.call('GET', path, undefined, world.jwt())).body).toMatchObject({
      request: { headers: { 'x-github-event': 'issues' }, payload: { action: 'opened' } },
    });
    expect((await world.call('POST', `${path}/attempts`, undefined, world.jwt())).status).toBe(202);
    await world.names();
    expect(world.heard.map((entry) => entry.guid)).toEqual([world.heard[0]?.guid, world.heard[0]?.guid]);
    expect((await list()).list[0]).toMatchObject({ status_code: 202, redelivery: true });
  });

  it('are listed newest first behind a cursor', async () => {
    await openIssues('a', 'b', 'c');
    await world.names();
    const first = await world.call('GET', '/app/hook/deliveries?per_page=2', undefined, world.jwt());
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await world.call('GET', next.replace(world.simulator.url, ''), undefined, world.jwt());
    const ids = [...first.list, ...second.list].map((entry) => entry.id);
    expect(ids).toEqual(ids.toSorted((left, right) => right - left));
    expect(first.list).toHaveLength(2);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('reach only Apps that are installed there and asked for the event', async () => {
    world.app.events = ['issue_comment'];
    await openIssues('a');
    expect(await world.names()).toEqual([]);
    world.app.events = ['issues'];
    await world.simulator.createRepository({ owner: 'ada', name: 'own', files: { a: 'b' } });
    await world.simulator.as('ada').openIssue('ada/own', { title: 'x' });
    expect(await world.names()).toEqual([]);
    await openIssues('b');
    expect(await world.names()).toEqual(['issues.opened']);
  });
});

describe('installations', () => {
  it('tell the App of itself, of a repository that is taken out, and of the end', async () => {
    const { simulator } = world;
    simulator.removeFromInstallation(world.installation, REPOSITORY, 'ada');
    expect((await world.repo('POST', '/issues', { title: 'x' })).status).toBe(403);
    simulator.uninstallApp(world.installation, 'ada');
    expect((await world.repo('GET', '')).status).toBe(401);
    simulator.installApp(world.app, 'acme', [REPOSITORY]);
    expect(await world.names()).toEqual([
      'installation_repositories.removed',
      'installation.deleted',
      'installation.created',
    ]);
    expect(world.heard[2]?.payload).toMatchObject({
      installation: { account: { login: 'acme' }, app_id: world.app.id },
      repositories: [{ full_name: REPOSITORY }],
    });
  });

  it('hear of a new name and of a changed visibility', async () => {
    world.simulator.setPrivate(REPOSITORY, true, 'ada');
    world.simulator.rename(REPOSITORY, 'gadgets', 'ada');
    expect(await world.names()).toEqual(['repository.privatized', 'repository.renamed']);
  });
});

describe('registration by manifest', () => {
  it('sends the browser back with a code that is good for one set of credentials', async () => {
    const manifest = {
      name: 'Fresh',
      redirect_url: 'http://127.0.0.1:1/setup',
      hook_attributes: { url: 'http://127.0.0.1:1/hook' },
      default_permissions: { issues: 'write' },
      default_events: ['issues'],
    };
    const form = await fetch(`${world.simulator.url}/settings/apps/new?state=s1`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ manifest: JSON.stringify(manifest) }),
    });
    const target = new URL(form.headers.get('location') ?? '');
    expect([form.status, target.searchParams.get('state')]).toEqual([302, 's1']);
    const path = `/app-manifests/${target.searchParams.get('code')}/conversions`;
    const { status, body } = await world.call('POST', path, undefined, '');
    expect([status, body.slug, body.permissions]).toEqual([
      201,
      'fresh',
      { metadata: 'read', issues: 'write' },
    ]);
    expect(body.pem).toContain('PRIVATE KEY');
    expect((await world.call('POST', path, undefined, '')).status).toBe(404);
  });
});
