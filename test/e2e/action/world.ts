import type { Issue, User } from '../../../src/simulator/model.ts';
import { createComment } from '../../../src/simulator/operations/comments.ts';
import { createSimulator, type Simulator } from '../../../src/simulator/simulator.ts';
import { realClock } from '../../support/clock.ts';

export const REPOSITORY = 'acme/widgets';

/** Stands in the issue and in what the agent proposes, for the judge to quote. */
export const EVIDENCE = 'The sum of two and two is zero';

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

interface SentEvent {
  name: string;
  payload: Record<string, unknown>;
}

export interface World {
  simulator: Simulator;
  token: string;
  repositoryId: number;
  /** An issue by ada, on which she then puts `agent:sorter`, and the event of that. */
  labelledIssue(): Promise<{ number: number; event: SentEvent }>;
  /** The newest event of that name that GitHub sent, e.g. `issues`. */
  lastEvent(name: string): SentEvent;
  userId(login: string): number;
  issue(number: number): Issue;
  /** A comment by any account, Apps among them. */
  comment(number: number, user: User, body: string): void;
}

/** acme/widgets with ada, who may write, and ron, who may read; nobody hears of events but the test. */
export async function createWorld(): Promise<World> {
  const simulator = await createSimulator({ clock: realClock });
  const events: SentEvent[] = [];
  // As it is at that moment: what it is made of goes on changing.
  simulator.state.emit = ({ name, payload }) =>
    void events.push({ name, payload: JSON.parse(JSON.stringify(payload)) as SentEvent['payload'] });
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
  const lastEvent = (name: string): SentEvent => {
    const event = events.findLast((candidate) => candidate.name === name);
    if (event === undefined) throw new Error(`no ${name} was sent`);
    return event;
  };
  const issue = (number: number): Issue => {
    const found = repository.issues.get(number);
    if (found === undefined) throw new Error(`there is no #${number}`);
    return found;
  };
  return {
    simulator,
    issue,
    labelledIssue: async () => {
      const ada = simulator.as('ada');
      const { number } = await ada.openIssue(REPOSITORY, { title: 'sum is wrong', body: `${EVIDENCE}.` });
      // Putting a label on makes it, so that the repository has it.
      await ada.label(REPOSITORY, number, 'bug');
      await ada.unlabel(REPOSITORY, number, 'bug');
      await ada.label(REPOSITORY, number, 'agent:sorter');
      return { number, event: lastEvent('issues') };
    },
    comment: (number, user, body) =>
      void createComment(simulator.state, { user, app: null }, repository, issue(number), body),
    token: simulator.actionsToken(REPOSITORY, {
      contents: 'write',
      issues: 'write',
      pull_requests: 'write',
      checks: 'write',
      actions: 'read',
      metadata: 'read',
    }),
    repositoryId: repository.id,
    lastEvent,
    userId: (login) => ids.get(login) ?? 0,
  };
}
