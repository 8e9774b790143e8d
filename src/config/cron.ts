import { CronExpressionParser } from 'cron-parser';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS = [
  { name: 'minute', min: 0, max: 59, words: [] },
  { name: 'hour', min: 0, max: 23, words: [] },
  { name: 'day of month', min: 1, max: 31, words: [] },
  { name: 'month', min: 1, max: 12, words: MONTHS },
  { name: 'day of week', min: 0, max: 7, words: DAYS },
];

type Field = (typeof FIELDS)[number];

/**
 * What is wrong with a cron line of five fields (minute, hour, day of month, month, day of week), or null.
 * A field is a list of `*`, numbers, ranges and steps; months and days may be three-letter words.
 */
export function cronProblem(text: string): string | null {
  const parts = text.trim().split(/[ \t]+/);
  if (parts.length !== FIELDS.length) {
    return `expected a cron line of five fields, e.g. \`0 6 * * 1\`, found ${text.trim() === '' ? 0 : parts.length}`;
  }
  for (const [index, field] of FIELDS.entries()) {
    const part = parts[index] ?? '';
    if (!part.split(',').every((item) => isItem(item, field))) {
      return `expected a cron line whose ${field.name} lies between ${field.min} and ${field.max}, found \`${part.slice(0, 40)}\``;
    }
  }
  return null;
}

/** The first moment after `after` that a cron line names, in UTC; null for one that no calendar has. */
export function nextFiring(cron: string, after: Date): Date | null {
  try {
    return CronExpressionParser.parse(cron, { currentDate: after, tz: 'UTC' }).next().toDate();
  } catch {
    return null;
  }
}

function isItem(item: string, field: Field): boolean {
  const match = /^(\*|\w+)(?:-(\w+))?(?:\/(\d{1,3}))?$/.exec(item);
  if (match === null) return false;
  const [, from = '', to, step] = match;
  if (step !== undefined && Number(step) < 1) return false;
  if (from === '*') return to === undefined;
  const start = valueOf(from, field);
  const end = to === undefined ? start : valueOf(to, field);
  return start !== null && end !== null && start <= end && (step === undefined || to !== undefined);
}

function valueOf(text: string, field: Field): number | null {
  const word = field.words.indexOf(text.toLowerCase());
  if (word !== -1) return word + field.min;
  if (!/^\d{1,2}$/.test(text)) return null;
  const value = Number(text);
  return value >= field.min && value <= field.max ? value : null;
}
