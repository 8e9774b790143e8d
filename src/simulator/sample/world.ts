import { readFileSync } from 'node:fs';
import { APP_EVENTS, APP_PERMISSIONS } from '../../domain/app-registration.ts';
import type { Clock } from '../../ports/clock.ts';
import { parseCassette, type Cassette } from '../cassette.ts';
import type { App, Repository } from '../model.ts';
import { createLabel } from '../operations/labels.ts';
import type { Limits } from '../limits.ts';
import { createSimulator, type Simulator } from '../simulator.ts';
import { sampleRepository } from './sample.ts';

export const SAMPLE_REPOSITORY = 'acme/pocket-cart';

export const SAMPLE_SECRET = 'a-webhook-secret-of-the-simulation';

/** A GitHub with one repository in it, an App installed on it, and the people around it. */
export interface SampleWorld {
  simulator: Simulator;
  app: App;
  /** PEM. */
  privateKey: string;
  repository: Repository;
}

/** What Muster asks for when it registers: PRODUCT.md section 10. */
/** What GitHub puts into every new repository. */
const DEFAULT_LABELS = [
  'bug',
  'documentation',
  'duplicate',
  'enhancement',
  'good first issue',
  'help wanted',
  'invalid',
  'question',
  'wontfix',
];

/**
 * The sample repository on a simulated GitHub: ada maintains it, grace can write, mallory can only read. The
 * App's webhooks go nowhere until `app.webhookUrl` is set.
 */
export async function createSampleWorld(clock: Clock, limits: Partial<Limits> = {}): Promise<SampleWorld> {
  const simulator = await createSimulator({ clock, limits });
  const acme = simulator.createUser('acme', 'Organization');
  for (const login of ['ada', 'grace', 'mallory']) simulator.createUser(login);
  const repository = await simulator.createRepository({
    owner: 'acme',
    name: 'pocket-cart',
    files: sampleRepository().files,
  });
  for (const name of DEFAULT_LABELS)
    createLabel(simulator.state, { user: acme, app: null }, repository, { name });
  simulator.setRole(SAMPLE_REPOSITORY, 'ada', 'maintain');
  simulator.setRole(SAMPLE_REPOSITORY, 'grace', 'write');
  const { app, privateKey } = simulator.createApp({
    name: 'muster',
    owner: 'acme',
    permissions: APP_PERMISSIONS,
    events: [...APP_EVENTS],
    webhookSecret: SAMPLE_SECRET,
  });
  simulator.installApp(app, 'acme', [SAMPLE_REPOSITORY]);
  return { simulator, app, privateKey, repository };
}

/** The replies of the demo's models. */
export function sampleCassette(): Cassette {
  const file = new URL('./cassette.json', import.meta.url);
  return parseCassette(JSON.parse(readFileSync(file, 'utf8')), 'cassette.json');
}
