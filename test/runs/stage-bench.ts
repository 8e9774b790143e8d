import type { AgentResult } from '../../src/agent/loop.ts';
import type { Subject } from '../../src/domain/subject.ts';
import type { GitHub } from '../../src/ports/github.ts';
import type { Model } from '../../src/ports/model.ts';
import type { Engine } from '../../src/runs/engine.ts';
import { openSession, type Session } from '../../src/runs/session.ts';
import { prepare, type Prepared } from '../../src/runs/stages/prepare.ts';
import type { Worked } from '../../src/runs/stages/work.ts';
import { claimRun, createRun } from '../../src/runs/tables/run-rows.ts';
import { startSimulatedApp, type SimulatedApp } from '../adapters/octokit/simulated-app.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { recordingQueue, runRequest } from '../support/runs.ts';

export const REPOSITORY = 'octo/app';

/** The engine's parts on a simulated GitHub, for tests of single stages. */
export interface StageBench extends SimulatedApp {
  database: TestDatabase;
  queue: ReturnType<typeof recordingQueue>;
  engine: Engine;
  github: GitHub;
  /** A new run of an agent of the repository, claimed and prepared. */
  open(agent: string, subject: Subject): Promise<{ session: Session; prepared: Prepared }>;
  close(): Promise<void>;
}

/** What a round of work came to that ended by itself. */
export function aWorked(result: Partial<AgentResult>, exhausted: string | null = null): Worked {
  return {
    result: {
      stop: 'finished',
      end: { kind: 'proposed' },
      proposals: [],
      notes: [],
      plan: [],
      taints: [],
      commandOutputs: [],
      turns: 1,
      messages: [],
      ...result,
    },
    exhausted,
    hidden: [],
  };
}

const refuse = async (): Promise<never> => {
  throw new Error('no model is asked here');
};

/** @param files Of the default branch. */
export async function openStageBench(
  files: Record<string, string>,
  model: Partial<Model> = {},
): Promise<StageBench> {
  const database = await openTestDatabase();
  const app = await startSimulatedApp();
  await app.simulator.as('octo').push(REPOSITORY, 'main', files);
  const queue = recordingQueue();
  const engine = testEngine({
    database,
    queue,
    githubAccess: app.access,
    model: { providers: ['anthropic', 'openai'], generate: refuse, ...model },
  });
  const github = await app.access.forTenant(app.tenant);
  let runs = 0;
  return {
    ...app,
    database,
    queue,
    engine,
    github,
    open: async (agent, subject) => {
      runs += 1;
      const runId = `r_${String.fromCodePoint(96 + runs).repeat(12)}`;
      const { id } = app.tenant;
      const work = { kind: 'agent', name: agent } as const;
      await createRun(database, queue, runRequest({ runId, tenant: app.tenant, subject, work }));
      const claimed = await claimRun(database, id, runId);
      if (claimed === null) throw new Error('no run');
      const { signal } = new AbortController();
      const job = { id: 'j', data: {}, retryCount: 0, signal, completeIn: async () => undefined };
      const session = await openSession(engine, github, claimed, job, signal);
      const prepared = await prepare(session);
      if (prepared.kind !== 'ready') throw new Error(prepared.reason);
      return { session, prepared };
    },
    close: async () => {
      await app.simulator.close();
      await database.close();
    },
  };
}
