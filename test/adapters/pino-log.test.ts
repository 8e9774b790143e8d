import { expect, it } from 'vitest';
import { createLog, type LogLevel } from '../../src/adapters/pino-log.ts';
import { MusterError } from '../../src/domain/errors.ts';

function logInto(lines: string[], level: LogLevel = 'debug') {
  const redact = (text: string) => text.replaceAll('s3cret', '[redacted]');
  return createLog({ level, redact, stream: { write: (line: string) => void lines.push(line) } });
}

function written(
  write: (log: ReturnType<typeof createLog>) => void,
  level?: LogLevel,
): Record<string, unknown>[] {
  const lines: string[] = [];
  write(logInto(lines, level));
  return lines.map((line) => JSON.parse(line));
}

it('writes one JSON line with level, time, message and fields', () => {
  const [line] = written((log) => log.info('run queued', { run: 'r_a', tenant: 42 }));
  expect(line).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    run: 'r_a',
    tenant: 42,
    message: 'run queued',
  });
});

it('writes nothing below its level', () => {
  expect(written((log) => log.info('x'), 'warn')).toEqual([]);
  expect(written((log) => log.error('x'), 'silent')).toEqual([]);
});

it('redacts the message, every text at any depth, and the names of fields', () => {
  const lines: string[] = [];
  logInto(lines).warn('with s3cret', {
    text: 's3cret',
    list: [{ inner: 'a s3cret b', s3cret: 1 }],
    error: new Error('s3cret', { cause: new Error('cause s3cret') }),
  });
  expect(lines.join()).not.toContain('s3cret');
  expect(lines.join().match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(6);
});

it('keeps of an error its code, message, stack and cause, and not the request that hangs on it', () => {
  const cause = Object.assign(new TypeError('reset'), { request: { body: 'private' } });
  const [line] = written((log) =>
    log.error('failed', { error: new MusterError('github_invalid', 'bad', { cause, value: 'v' }) }),
  );
  expect(line?.error).toEqual({
    code: 'github_invalid',
    message: 'bad',
    stack: expect.stringContaining('bad'),
    cause: { code: 'TypeError', message: 'reset', stack: expect.any(String) },
  });
});

it('lets no field pose as the line’s own level, time or message', () => {
  const [line] = written((log) => log.info('real', { message: 'forged', level: 'fatal', time: 'never' }));
  expect(line).toMatchObject({
    message: 'real',
    level: 'info',
    message_: 'forged',
    level_: 'fatal',
    time_: 'never',
  });
});

it('keeps a line a line, whatever stands in it', () => {
  const lines: string[] = [];
  logInto(lines).info('a\n{"level":"error"}', { text: 'b\r\nc\u2028d' });
  expect(lines.join('').trimEnd().split('\n')).toHaveLength(1);
});

it('survives circles, depth, size and odd values', () => {
  const circle: Record<string, unknown> = {
    big: 'x'.repeat(100_000),
    list: Array.from({ length: 5000 }, () => 1),
  };
  circle.self = circle;
  const lines: string[] = [];
  logInto(lines).info('odd', {
    circle,
    bytes: new Uint8Array(5),
    bigint: 5n,
    never: undefined,
    call: () => 1,
    date: new Date(Number.NaN),
    nothing: null,
  });
  expect(lines.join().length).toBeLessThan(100_000);
  expect(JSON.parse(lines.join())).toMatchObject({
    bytes: '[5 bytes]',
    bigint: '5',
    call: '[function]',
    date: null,
    nothing: null,
  });
});
