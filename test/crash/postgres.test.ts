import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openPostgres } from '../../src/adapters/postgres/pg-database.ts';
import { createTestDatabaseUrl } from '../support/database.ts';
import { silentLog } from '../support/log.ts';
import { bundleServer } from './bundle.ts';
import { RANDOM_KILLS, wageCampaign } from './campaign.ts';
import { openFleet } from './fleet.ts';
import { findViolations } from './invariants.ts';
import { openCrashWorld } from './world.ts';

const created = await createTestDatabaseUrl();

it.skipIf(created === null)(
  'loses, doubles and repeats nothing when one of two servers on PostgreSQL is killed at any point',
  { timeout: 3_600_000 },
  async () => {
    if (created === null) return;
    onTestFinished(async () => created.drop());
    const [world, bundle] = await Promise.all([openCrashWorld(), bundleServer()]);
    const dataDirectory = await mkdtemp(path.join(tmpdir(), 'muster-crash-'));
    const database = await openPostgres(created.url, silentLog);
    onTestFinished(async () => {
      await world.close();
      await bundle.remove();
      await rm(dataDirectory, { recursive: true, force: true });
    });
    const environment = { DATABASE_URL: created.url, MUSTER_DATA_DIR: dataDirectory };
    /*
     * The ten seconds of a dead server's heartbeat, and the pauses before another try, pass at once: what is not
     * touched for four seconds, as the living do every two and a half, counts as ten.
     */
    const letTimePass = async () =>
      database.transaction('system', async (tx) => {
        await tx.query(
          `UPDATE pgboss.job SET heartbeat_on = heartbeat_on - interval '10 s'
           WHERE state = 'active' AND heartbeat_on < now() - interval '4 s'`,
        );
        await tx.query(
          `UPDATE pgboss.job SET start_after = now() WHERE state = 'retry' AND start_after > now()`,
        );
      });
    const fleet = await openFleet({ bundle, world, environment, size: 2, onTick: letTimePass });
    const result = await wageCampaign(world, fleet, Math.ceil(RANDOM_KILLS / 2));
    await fleet.stop();
    expect(await findViolations(world, database, fleet.history)).toEqual([]);
    await database.close();
    console.log(`${result.points.length} points, ${result.kills} kills, ${world.stories.size} runs`);
    expect(result.missed).toEqual([]);
    expect(result.points.length).toBeGreaterThan(100);
  },
);
