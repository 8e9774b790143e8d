import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until there is an answer; throws after `limitMs`. */
export async function until<T>(
  what: string,
  limitMs: number,
  ask: () => Promise<T | null>,
  everyMs = 20,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== null) return answer;
    await pause(everyMs);
  }
  throw new Error(`${what}: not within ${limitMs / 1_000} s`);
}
