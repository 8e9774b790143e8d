const MAX_WAIT_MS = 24 * 60 * 60 * 1000;

/**
 * How long the provider asks to wait, in milliseconds, or null where it doesn't say: `retry-after-ms`
 * (OpenAI), `retry-after` in seconds or as a date (RFC 9110; counted from the answer's own `date`, so that
 * our clock doesn't matter), or Google's `retryDelay` in the body. At most a day.
 */
export function retryAfterMs(headers: Record<string, string | undefined>, body: string): number | null {
  const waits = [
    Number.parseFloat(headers['retry-after-ms'] ?? ''),
    secondsOf(headers['retry-after']) * 1000,
    dateOf(headers['retry-after']) - dateOf(headers['date']),
    Number.parseFloat(/"retrydelay"\s*:\s*"([\d.]+)s"/i.exec(body)?.[1] ?? '') * 1000,
  ];
  const wait = waits.find((ms) => Number.isFinite(ms) && ms >= 0);
  return wait === undefined ? null : Math.min(Math.ceil(wait), MAX_WAIT_MS);
}

function secondsOf(value: string | undefined): number {
  return value !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : Number.NaN;
}

function dateOf(value: string | undefined): number {
  return value === undefined ? Number.NaN : Date.parse(value);
}
