import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openPglite } from '../../src/adapters/postgres/pglite-database.ts';
import { bundleServer } from './bundle.ts';
import { RANDOM_KILLS, wageCampaign } from './campaign.ts';
import { openFleet } from './fleet.ts';
import { findViolations } from './invariants.ts';
import { openCrashWorld } from './world.ts';

it(
  'loses, doubles and repeats nothing when the only server is killed on its embedded database',
  { timeout: 3_600_000 },
  async () => {
    const [world, bundle] = await Promise.all([openCrashWorld(), bundleServer()]);
    const dataDirectory = await mkdtemp(path.join(tmpdir(), 'muster-crash-'));
    onTestFinished(async () => {
      await world.close();
      await bundle.remove();
      await rm(dataDirectory, { recursive: true, force: true });
    });
    const environment = { MUSTER_DATA_DIR: dataDirectory };
    const fleet = await openFleet({ bundle, world, environment, size: 1, onTick: async () => undefined });
    const result = await wageCampaign(world, fleet, Math.floor(RANDOM_KILLS / 2));
    await fleet.stop();
    const database = await openPglite(path.join(dataDirectory, 'postgres'));
    expect(await findViolations(world, database, fleet.history)).toEqual([]);
    await database.close();
    console.log(`${result.points.length} points, ${result.kills} kills, ${world.stories.size} runs`);
    expect(result.missed).toEqual([]);
    expect(result.points.length).toBeGreaterThan(100);
  },
);
