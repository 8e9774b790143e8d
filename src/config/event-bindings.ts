import { z } from 'zod';
import type { EventBinding } from '../domain/agent.ts';
import { isPlainObject } from '../domain/json.ts';
import { nearNames } from '../domain/near-names.ts';
import { cronProblem } from './cron.ts';
import { WEBHOOK_EVENTS } from './webhook-events.ts';

const SCHEDULE = 'schedule';

const binding = z.string().superRefine((text, context) => {
  const [event = '', ...actions] = text.split('.');
  const message = eventProblem(event) ?? (actions.length > 1 ? actionProblem(text) : null);
  const problem = message ?? actions.map(actionProblem).find((found) => found !== null) ?? null;
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

const actions = z.union([z.string(), z.array(z.string()), z.null(), z.strictObject({})]);

/**
 * `on`: one event, a list of events (each `event` or `event.action`), or a map of events to their actions
 * with `schedule` as one cron line or a list of them.
 */
export const onSchema = z.union([
  binding,
  z.array(binding),
  z.record(z.string(), actions).superRefine((map, context) => {
    for (const [key, value] of Object.entries(map)) {
      const problem = key === SCHEDULE ? scheduleProblem(value) : entryProblem(key, value);
      if (problem !== null) context.addIssue({ code: 'custom', path: [key], message: problem });
    }
  }),
]);

/** What a validated `on` starts on. No action means any action of the event. */
export function readOn(on: z.output<typeof onSchema> | undefined): {
  on: EventBinding[];
  schedules: string[];
} {
  if (on === undefined) return { on: [], schedules: [] };
  if (!isPlainObject(on)) return { on: listOf(on).map(toBinding), schedules: [] };
  const entries = Object.entries(on);
  return {
    on: entries
      .filter(([event]) => event !== SCHEDULE)
      .flatMap(([event, value]): EventBinding[] => {
        const actions = listOf(value);
        return actions.length === 0
          ? [{ event, action: null }]
          : actions.map((action) => ({ event, action }));
      }),
    schedules: entries
      .filter(([event]) => event === SCHEDULE)
      .flatMap(([, value]) =>
        listOf(value).map((cron) =>
          cron
            .trim()
            .split(/[ \t]+/)
            .join(' '),
        ),
      ),
  };
}

function toBinding(text: string): EventBinding {
  const [event = '', action = null] = text.split('.');
  return { event, action };
}

function listOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function scheduleProblem(value: unknown): string | null {
  const lines = listOf(value);
  if (lines.length === 0) return 'expected a cron line, e.g. `0 6 * * 1`, or a list of them';
  return lines.map(cronProblem).find((problem) => problem !== null) ?? null;
}

function entryProblem(event: string, value: unknown): string | null {
  if (Array.isArray(value) && value.length === 0) return 'expected at least one action, or no list';
  return (
    eventProblem(event) ??
    listOf(value)
      .map(actionProblem)
      .find((problem) => problem !== null) ??
    null
  );
}

function eventProblem(event: string): string | null {
  if (WEBHOOK_EVENTS.includes(event)) return null;
  if (event === SCHEDULE) return 'expected `schedule: "<cron line>"`';
  const [near] = nearNames(event, [...WEBHOOK_EVENTS, SCHEDULE]);
  if (near !== undefined) return `did you mean \`${near}\`? expected the name of a webhook event`;
  return /^[a-z][a-z0-9_]{0,63}$/.test(event) ? null : 'expected the name of a webhook event, e.g. `issues`';
}

function actionProblem(action: string): string | null {
  return /^[a-z][a-z_]{0,63}$/.test(action)
    ? null
    : `expected an action such as \`opened\`, found ${JSON.stringify(action.slice(0, 40))}`;
}
