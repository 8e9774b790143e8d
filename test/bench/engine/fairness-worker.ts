import { setTimeout as pause } from 'node:timers/promises';
import { answerCalls } from '../support/child.ts';
import { openPlace, type Place } from './worker.ts';

const SLOTS = 8;
const RUN_MS = 50;

/** A worker process that notes how long each job lay in the queue. */
if (process.send !== undefined) {
  const waits: [tenantId: number, waitMs: number][] = [];
  answerCalls({
    work: async (place: Place) => {
      const { queue } = await openPlace(place);
      await queue.work('run', SLOTS, async ({ data }) => {
        waits.push([
          Number(data['tenantId']),
          performance.timeOrigin + performance.now() - Number(data['sentAt']),
        ]);
        await pause(RUN_MS);
      });
    },
    waits: async () => waits,
  });
}
