import type { Issue } from '../../../src/simulator/model.ts';
import { createSimulator, type Simulator } from '../../../src/simulator/simulator.ts';
import type { EmittedEvent } from '../../../src/simulator/state.ts';
import { realClock } from '../../support/clock.ts';

export const REPOSITORY = 'acme/widgets';

const CONFIG = `
models: { fast: compatible/test, standard: compatible/test, deep: compatible/test, judge: compatible/test,
          prices: { compatible/test: { input: 1, output: 2 } } }
`;

const TRIAGER = `---
name: sorter
description: Labels issues.
tools: [read]
muster:
  outputs: { comment: 1, labels: { max: 2, allow: [bug] }, close: 1 }
---
Sort the issue.
`;

export interface World {
  simulator: Simulator;
  token: string;
  repositoryId: number;
  /** The newest event of that name that GitHub sent, e.g. \`issues\`. */
  lastEvent(name: string): { name: string; payload: unknown };
  userId(login: string): number;
  issue(number: number): Issue;
}

/** acme/widgets with ada, who may write, and ron, who may read; nobody hears of events but the test. */
export async function createWorld(): Promise<World> {
  const simulator = await createSimulator({ clock: realClock });
  const events: EmittedEvent[] = [];
  simulator.state.emit = (event) => void events.push(structuredClone(event));
  simulator.createUser('acme', 'Organization');
  const repository = await simulator.createRepository({
    owner: 'acme',
    name: 'widgets',
    files: {
      'README.md': '# Widgets\n',
      'src/sum.js': 'export const sum = (a, b) => a - b;\n',
      '.github/muster.yml': CONFIG,
      '.github/agents/sorter.md': TRIAGER,
    },
  });
  const ids = new Map([
    ['ada', simulator.createUser('ada').id],
    ['ron', simulator.createUser('ron').id],
  ]);
  simulator.setRole(REPOSITORY, 'ada', 'write');
  simulator.setRole(REPOSITORY, 'ron', 'read');
  return {
    simulator,
    token: simulator.actionsToken(REPOSITORY, {
      contents: 'write',
      issues: 'write',
      pull_requests: 'write',
      checks: 'write',
      actions: 'read',
      metadata: 'read',
    }),
    repositoryId: repository.id,
    lastEvent: (name) => {
      const event = events.findLast((candidate) => candidate.name === name);
      if (event === undefined) throw new Error(`no ${name} was sent`);
      return { name, payload: event.payload };
    },
    userId: (login) => ids.get(login) ?? 0,
    issue: (number) => {
      const issue = simulator.repository(REPOSITORY).issues.get(number);
      if (issue === undefined) throw new Error(`there is no #${number}`);
      return issue;
    },
  };
}
