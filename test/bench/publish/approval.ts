import { SAMPLE_REPOSITORY } from '../../../src/simulator/sample/world.ts';
import { EVIDENCE, openProcesses, type ProcessScene } from '../../e2e/support/processes.ts';
import { agentFile } from '../../e2e/support/replies.ts';
import { atMost, type Figure, type Row } from '../engine/row.ts';
import { median, percentile } from '../support/statistics.ts';
import { until } from '../support/wait.ts';

const SAMPLES = 20;
const LIMIT_MS = 60_000;

/** From `/approve` on the simulated GitHub until the first effect's request comes back to it; the server is a process. */
export const approval: Row = {
  name: 'approval',
  rounds: 3,
  measure: async ({ postgres, isQuick }) => [
    ...(await measureOn('PGlite', {}, isQuick)),
    ...(await measureOn('PostgreSQL', { DATABASE_URL: await postgres.createDatabase() }, isQuick)),
  ],
};

async function measureOn(
  database: string,
  environment: Record<string, string>,
  isQuick: boolean,
): Promise<Figure[]> {
  const scene = await openProcesses({ isEmbedded: true });
  try {
    await scene.world.simulator.as('ada').push(SAMPLE_REPOSITORY, 'main', {
      '.github/agents/steady.md': agentFile('steady', '{ comment: 1 }', '  gate: approve\n'),
    });
    scene.provider.play([{ tool: 'propose_comment', args: { body: EVIDENCE } }]);
    await scene.start(['serve'], environment);
    const waitsMs: number[] = [];
    // The first pays for connections and plans.
    for (let index = 0; index <= (isQuick ? 5 : SAMPLES); index += 1) {
      const waitMs = await approveOne(scene);
      if (index > 0) waitsMs.push(waitMs);
    }
    return [
      { what: `${database}, p50`, value: median(waitsMs), unit: 'ms', bar: atMost(100) },
      { what: `${database}, p95`, value: percentile(waitsMs, 0.95), unit: 'ms', bar: null },
    ];
  } finally {
    await scene.close();
  }
}

async function approveOne(scene: ProcessScene): Promise<number> {
  const { simulator } = scene.world;
  const issue = await scene.askSteady();
  await until(`#${issue} to wait`, LIMIT_MS, async () =>
    scene.tracking(issue).startsWith('### ⏸️ waiting') ? true : null,
  );
  // A person takes longer than the end of the job that showed it.
  await simulator.settled();
  const seen = simulator.requests.length;
  const approvedAt = performance.now();
  simulator.as('grace').comment(SAMPLE_REPOSITORY, issue, '/approve');
  return until(
    'the effect',
    LIMIT_MS,
    async () =>
      simulator.requests.slice(seen).some(({ body }) => JSON.stringify(body ?? '').includes('muster:effect='))
        ? performance.now() - approvedAt
        : null,
    1,
  );
}
