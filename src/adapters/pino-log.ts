import { type DestinationStream, destination, pino, stdTimeFunctions } from 'pino';
import type { Log } from '../ports/log.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const MAX_TEXT_LENGTH = 8192;
const MAX_ITEMS = 100;
const MAX_DEPTH = 6;
/** Pino's own keys: a field of that name would make the line ambiguous. */
const RESERVED = new Set(['level', 'time', 'message']);

/**
 * A log of JSON lines on standard error (standard output is for results). Every text in it, at any depth,
 * goes through `redact`; errors keep code, message and stack only, since what else hangs on them may be a
 * request; texts, lists and depth are capped.
 */
export function createLog(options: {
  level: LogLevel;
  redact: (text: string) => string;
  /** Standard error when absent. */
  stream?: DestinationStream;
}): Log {
  const { level, redact, stream = destination({ fd: 2, sync: true }) } = options;
  const sink = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  const fieldsOf = (fields: Record<string, unknown> = {}) =>
    Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [
        RESERVED.has(key) ? `${key}_` : key,
        tell(value, redact, MAX_DEPTH),
      ]),
    );
  const write =
    (name: 'debug' | 'info' | 'warn' | 'error'): Log['info'] =>
    (message, fields) => {
      if (sink.isLevelEnabled(name)) sink[name](fieldsOf(fields), cut(redact(message)));
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** The value as the log may show it; `depth` levels down, and no circle can outlast that. */
function tell(value: unknown, redact: (text: string) => string, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return cut(redact(value));
    case 'number':
    case 'boolean':
    case 'undefined':
      return value;
    case 'bigint':
      return value.toString();
    case 'function':
    case 'symbol':
      return `[${typeof value}]`;
    case 'object':
      break;
  }
  if (value === null) return null;
  if (depth === 0) return '[deeper]';
  const inner = (item: unknown) => tell(item, redact, depth - 1);
  if (value instanceof Error) return tellError(value, inner);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(inner);
  const entries = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(entries.map(([key, item]) => [redact(key), inner(item)]));
}

function tellError(error: Error, inner: (item: unknown) => unknown): Record<string, unknown> {
  const code = 'code' in error ? error.code : error.name;
  const cause = error.cause === undefined ? {} : { cause: inner(error.cause) };
  return { code: inner(code), message: inner(error.message), stack: inner(error.stack), ...cause };
}

function cut(text: string): string {
  return text.length <= MAX_TEXT_LENGTH
    ? text
    : `${text.slice(0, MAX_TEXT_LENGTH)}… [${text.length} characters]`;
}
