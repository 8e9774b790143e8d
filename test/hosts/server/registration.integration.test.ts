import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createAppAccess } from '../../../src/adapters/octokit/access.ts';
import { type AppCredentials, readCredentials, storeCredentials } from '../../../src/hosts/credentials.ts';
import { createSetup } from '../../../src/hosts/server/setup.ts';
import type { WebhookIntake } from '../../../src/hosts/server/webhook.ts';
import { createSimulator } from '../../../src/simulator/simulator.ts';
import { SILENT } from '../../adapters/octokit/stub-github.ts';
import { startFront } from './running-front.ts';

it('leads from an empty server to an App that GitHub delivers to', async () => {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'muster-'));
  const simulator = await createSimulator({
    clock: { now: () => new Date(), sleep: () => Promise.resolve() },
  });
  simulator.createUser('octo');
  await simulator.createRepository({ owner: 'octo', name: 'app', files: { a: 'a' } });
  let webhook: WebhookIntake | null = null;
  const store = async (credentials: AppCredentials) => {
    await storeCredentials(dataDirectory, credentials);
    webhook = { secret: credentials.webhookSecret, take: () => Promise.resolve('stored') };
  };
  const setup = createSetup({ apiUrl: simulator.url, store, log: SILENT });
  const front = await startFront({
    webhook: () => webhook,
    pages: (request, response) => setup.pages(request, response),
  });

  const page = await (await fetch(`${front.origin}/setup?token=${setup.token}`)).text();
  const attribute = (pattern: RegExp) =>
    (pattern.exec(page)?.[1] ?? '').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const submitted = await fetch(attribute(/action="([^"]+)" method="post"/), {
    method: 'POST',
    body: new URLSearchParams({ manifest: attribute(/name="manifest" value="([^"]+)"/) }),
  });
  expect(submitted.url).toMatch(`${front.origin}/setup/callback?code=`);
  expect(submitted.status).toBe(200);

  const app = { appId: null, privateKey: null, webhookSecret: null };
  const state = await readCredentials({ app, dataDirectory });
  if (state.kind !== 'complete') throw new Error(`credentials are ${state.kind}`);
  const access = createAppAccess({ ...state.credentials, baseUrl: simulator.url, log: SILENT });
  const { appId } = await access.identity();
  expect(appId).toBe(state.credentials.appId);
  const registered = [...simulator.state.apps.values()].find(({ id }) => id === appId);
  if (registered === undefined) throw new Error('GitHub knows no such App');
  simulator.installApp(registered, 'octo');
  await simulator.as('octo').openIssue('octo/app', { title: 'First' });
  await simulator.settled();
  expect(front.taken.map(({ name }) => name)).toEqual(expect.arrayContaining(['issues']));

  await Promise.all([front.close(), simulator.close(), rm(dataDirectory, { recursive: true })]);
});
