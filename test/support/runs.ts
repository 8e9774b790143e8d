import type { RunRequest } from '../../src/domain/run.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { JobOptions, Queue, QueueName } from '../../src/ports/queue.ts';

export function runRequest(overrides: Partial<RunRequest> = {}): RunRequest {
  return {
    runId: 'r_aaaaaaaaaaaa',
    tenant: { id: 11, owner: 'octo', name: 'shop', installationId: 5 },
    subject: { kind: 'issue', number: 3 },
    work: { kind: 'agent', name: 'bug-root-cause-analyzer' },
    trigger: { kind: 'label', key: 'label:1', actor: null, at: '2026-01-01T00:00:00Z', summary: 'a label' },
    requester: { id: 7, login: 'ada', isBot: false },
    instruction: null,
    isDryRun: false,
    overrides: {},
    ...overrides,
  };
}

/** A queue that only remembers what was sent; jobs are handed out by the test. */
export function recordingQueue(): Queue & {
  sent: { queue: QueueName; data: JsonObject; options: JobOptions }[];
} {
  const sent: { queue: QueueName; data: JsonObject; options: JobOptions }[] = [];
  return {
    sent,
    start: async () => undefined,
    send: async (queue, data, options = {}) => {
      sent.push({ queue, data, options });
    },
    sendAll: async (queue, jobs, tx) => {
      for (const { data, options = {} } of jobs)
        sent.push({ queue, data, options: tx === undefined ? options : { ...options, tx } });
    },
    work: async () => undefined,
    drain: async () => undefined,
    stop: async () => undefined,
  };
}
