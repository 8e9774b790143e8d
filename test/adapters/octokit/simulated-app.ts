import { type AppAccess, createAppAccess } from '../../../src/adapters/octokit/access.ts';
import type { Tenant } from '../../../src/domain/tenant.ts';
import { createSimulator, type Simulator } from '../../../src/simulator/simulator.ts';
import { SEED } from '../../contracts/github-subject.ts';
import { SILENT } from './stub-github.ts';

/** The App on a simulated GitHub, installed on `octo/app`. */
export interface SimulatedApp {
  simulator: Simulator;
  access: AppAccess;
  tenant: Tenant;
  /** Goes on by that many milliseconds, for GitHub and for the App. */
  advance: (ms: number) => void;
}

const PERMISSIONS = {
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  checks: 'write',
  actions: 'write',
  metadata: 'read',
} as const;

export async function startSimulatedApp(): Promise<SimulatedApp> {
  let now = Date.UTC(2026, 0, 5, 12);
  const clock = { now: () => new Date(now), sleep: () => Promise.resolve() };
  const simulator = await createSimulator({
    clock,
    validateResponses: true,
    limits: { contentPerMinute: 1000 },
  });
  simulator.createUser('octo');
  simulator.createUser('tria');
  simulator.createUser('strange');
  const repository = await simulator.createRepository({ owner: 'octo', name: 'app', files: SEED });
  simulator.setRole('octo/app', 'tria', 'triage');
  const registered = { name: 'muster-test', owner: 'octo', permissions: PERMISSIONS, events: [] };
  const { app, privateKey } = simulator.createApp(registered);
  const installation = simulator.installApp(app, 'octo', ['octo/app']);
  const access = createAppAccess({
    appId: app.id,
    privateKey,
    baseUrl: `${simulator.url}/api/v3/`,
    log: SILENT,
    isThrottled: false,
    now: () => now,
  });
  return {
    simulator,
    access,
    tenant: { id: repository.id, owner: 'octo', name: 'app', installationId: installation.id },
    advance: (ms) => {
      now += ms;
    },
  };
}
