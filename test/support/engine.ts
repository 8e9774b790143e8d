import { createKeyvNoteStore } from '../../src/adapters/keyv/note-store.ts';
import type { Engine } from '../../src/runs/engine.ts';
import { testClock } from './clock.ts';
import { silentLog } from './log.ts';
import { recordingQueue } from './runs.ts';

const refuse = async (): Promise<never> => {
  throw new Error('not part of this test');
};

/** An engine that has what a test gives it; its model and its workspaces are never to be used. */
export function testEngine(given: Partial<Engine> & Pick<Engine, 'database'>): Engine {
  const clock = given.clock ?? testClock();
  return {
    queue: recordingQueue(),
    githubAccess: { forTenant: refuse, reaches: refuse, revoke: refuse },
    model: { providers: [], generate: refuse },
    workspaces: { open: refuse },
    notes: createKeyvNoteStore({ openStore: () => new Map(), clock }),
    scanner: { scan: async () => [] },
    telemetry: {
      span: async (_name, _attributes, work) => work(),
      count: () => undefined,
      record: () => undefined,
    },
    log: silentLog,
    builtinAgents: [],
    canWait: true,
    ...given,
    clock,
  };
}
