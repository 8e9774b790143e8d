import type { Fleet } from './fleet.ts';
import { STORIES, type CrashWorld, type Story } from './world.ts';

/** How many times servers are killed at random; `npm run bench -- crash` sets more. */
export const RANDOM_KILLS = Number(process.env['CRASH_RANDOM'] ?? 50);

const KINDS = Object.keys(STORIES) as Story[];
const OPEN_STORIES = 5;
const LIMIT_MS = 20 * 60_000;

/** What a campaign came to. */
export interface CampaignResult {
  /** Points of an undisturbed run. */
  points: string[];
  /** Those that no server died at though it should have. */
  missed: string[];
  kills: number;
}

/**
 * Tells each story once undisturbed, which gives the points; then kills a server at every one of them,
 * and after that at random instants, while stories go on; then lets all stories end.
 */
export async function wageCampaign(
  world: CrashWorld,
  fleet: Fleet,
  randomKills: number,
): Promise<CampaignResult> {
  for (const kind of KINDS) await world.begin(kind);
  await fleet.until(() => world.tend() === 0, LIMIT_MS);
  const points = [...new Set(fleet.history.filter(isOfStory).map(({ point }) => point))];
  const goOn = storyteller(world);

  await fleet.kill('all');
  fleet.dieAt = points;
  const open = () => points.filter((point) => !fleet.diedAt.has(point));
  await fleet.until(() => {
    void goOn();
    return open().length === 0;
  }, LIMIT_MS);

  fleet.dieAt = [];
  await fleet.kill('all');
  for (let kill = 0; kill < randomKills; kill += 1) {
    const at = Date.now() + Math.random() * 1_500;
    await fleet.until(() => {
      void goOn();
      return Date.now() >= at;
    }, LIMIT_MS);
    await fleet.kill('one');
  }
  await fleet.until(() => world.tend() === 0, LIMIT_MS);
  return { points, missed: open(), kills: fleet.deaths.length };
}

/** Housekeeping goes by the clock, not by stories. */
function isOfStory({ run, point }: Fleet['history'][number]): boolean {
  return run !== null || point.includes('inbox+');
}

/** Keeps some stories open, one kind after the other. */
function storyteller(world: CrashWorld): () => Promise<void> {
  let isTelling = false;
  return async () => {
    const open = world.tend();
    if (isTelling || open >= OPEN_STORIES) return;
    isTelling = true;
    await world.begin(KINDS[world.stories.size % KINDS.length] ?? 'talker');
    isTelling = false;
  };
}
