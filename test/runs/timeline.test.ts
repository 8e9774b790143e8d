import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/domain/run.ts';
import type { StepRow } from '../../src/runs/history/step-text.ts';
import { timelineOf, type RunRecord } from '../../src/runs/history/timeline.ts';

const ADA = { id: 1, login: 'ada', isBot: false };

function run(overrides: Partial<Run> = {}): Run {
  return {
    request: {
      runId: 'r_aaaaaaaaaaaa',
      tenant: { id: 7, owner: 'acme', name: 'shop', installationId: 1 },
      subject: { kind: 'issue', number: 5 },
      work: { kind: 'agent', name: 'fixer' },
      trigger: {
        kind: 'label',
        key: 'label:1',
        actor: ADA,
        at: at(0),
        summary: 'label `agent:fixer` by @ada',
      },
      requester: ADA,
      instruction: null,
      isDryRun: false,
      overrides: {},
    },
    state: 'waiting',
    attempt: 1,
    round: 0,
    isTainted: false,
    reason: null,
    createdAt: at(0),
    updatedAt: at(60),
    ...overrides,
  };
}

function at(seconds: number): string {
  return new Date(Date.UTC(2026, 10, 22, 12, 0, 0) + seconds * 1_000).toISOString();
}

function step(key: string, kind: string, from: number, to: number, output: unknown = {}): StepRow {
  return { key, kind, inputDigest: 'd', output, attempt: 1, startedAt: at(from), endedAt: at(to) };
}

function record(overrides: Partial<RunRecord> = {}): RunRecord {
  return { run: run(), steps: [], signals: [], effects: [], ledger: [], ...overrides };
}

const TURN = step('r0/turn-1', 'turn', 2, 5, {
  kind: 'reply',
  reply: { text: 'I look.\nThen I act.', toolCalls: [{ name: 'plan' }, { name: 'read_file' }] },
});

describe('the timeline of a run', () => {
  it('tells who asked, what for, and how it ended after how long', () => {
    const timeline = timelineOf(record({ run: run({ state: 'failed', reason: 'no model', attempt: 3 }) }));
    expect(timeline).toMatchObject([
      {
        at: at(0),
        kind: 'run',
        who: '@ada',
        what: 'asked for agent:fixer',
        detail: 'label `agent:fixer` by @ada',
      },
      {
        at: at(60),
        kind: 'run',
        who: 'muster',
        what: 'failed',
        detail: 'no model',
        durationMs: 60_000,
        attempt: 3,
      },
    ]);
  });

  it('puts everything in the order in which it began, whatever was written first', () => {
    const timeline = timelineOf(
      record({
        steps: [TURN, step('r0/work', 'work', 1, 9), step('prepare', 'prepare', 0, 1)],
        ledger: [
          {
            key: 'r0/turn-1#1.1',
            model: 'anthropic/claude',
            reservedMicroUsd: 90_000,
            spentMicroUsd: 20_000,
            usage: null,
            attempt: 1,
            at: at(2),
          },
        ],
        effects: [
          {
            key: 'r0/publish:p1',
            kind: 'comment',
            state: 'verified',
            receipt: { id: '1', url: 'https://github.example/c1', sha: null },
            reason: null,
            attempt: 1,
            intendedAt: at(10),
            settledAt: at(12),
          },
        ],
        signals: [
          {
            payload: { id: 's', kind: 'remark', text: 'asked twice' },
            receivedAt: at(7),
            consumedAt: null,
            outcome: null,
          },
        ],
      }),
    );
    expect(timeline.map(({ what }) => what)).toEqual([
      'asked for agent:fixer',
      'prepare',
      'r0/work',
      'r0/turn-1',
      'r0/turn-1#1.1',
      'remark',
      'r0/publish:p1',
    ]);
    expect(timeline.map(({ durationMs }) => durationMs)).toEqual([
      null,
      1_000,
      8_000,
      3_000,
      null,
      null,
      2_000,
    ]);
    expect(timeline.at(-1)?.detail).toBe('comment, verified, https://github.example/c1');
  });

  it('counts a call in flight at its reservation, and a settled one at what was spent', () => {
    const call = { model: 'm', reservedMicroUsd: 90, usage: null, attempt: 1, at: at(1) };
    const ledger = [
      { ...call, key: 'r0/turn-1#1.1', spentMicroUsd: 0 },
      { ...call, key: 'r0/judge-1#1.1', spentMicroUsd: null },
    ];
    const [, settled, flying] = timelineOf(record({ ledger }));
    expect(settled).toMatchObject({ who: 'fixer', costMicroUsd: 0 });
    expect(flying).toMatchObject({
      who: 'judge',
      costMicroUsd: 90,
      detail: 'm, in flight: its reservation counts',
    });
  });

  it('names the tool of a tool step by the turn that called it', () => {
    const steps = [
      TURN,
      step('r0/turn-1/tool-1', 'tool', 3, 4, { text: 'a.js\nb.js', isError: true, taint: 'the web' }),
      step('r0/turn-9/tool-0', 'tool', 4, 4, { text: 'found', isError: false, taint: null }),
    ];
    expect(timelineOf(record({ steps })).map(({ detail }) => detail)).toEqual([
      'label `agent:fixer` by @ada',
      'calls plan, read_file, I look.',
      'read_file, error, the web, a.js',
      'found',
    ]);
  });

  it('shows what a person sent, and what came of it', () => {
    const source = { via: 'command' as const, id: 1, number: 5, at: at(3), reviewedSha: null };
    const signals = [
      {
        payload: { id: 's', kind: 'rework' as const, actor: ADA, source, text: 'smaller' },
        receivedAt: at(3),
        consumedAt: at(5),
        outcome: 'taken',
      },
    ];
    expect(timelineOf(record({ signals }))[1]).toMatchObject({
      who: '@ada',
      what: 'rework',
      detail: 'smaller → taken',
      durationMs: 2_000,
    });
  });

  it.each([
    null,
    'text',
    [],
    [1, null],
    { result: 3 },
    { reply: { toolCalls: 'none', text: 5 } },
    { proposals: {}, findings: null },
  ])('reads outputs of another build as far as they have the form: %j', (output) => {
    const kinds = [
      'prepare',
      'work',
      'turn',
      'tool',
      'guard',
      'judge',
      'gate',
      'commit',
      'signal',
      'end',
      'new',
    ];
    const steps = kinds.map((kind, index) => step(`r0/turn-1/tool-${index}`, kind, 1, 2, output));
    expect(timelineOf(record({ steps }))).toHaveLength(kinds.length + 1);
  });
});
