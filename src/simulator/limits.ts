import type { Caller, SimulatorState } from './state.ts';

/** GitHub's limits on one caller. */
export interface Limits {
  /** Requests an hour, the primary limit. */
  perHour: number;
  /** Comments, issues, pull requests and reviews a minute, a secondary limit. */
  contentPerMinute: number;
}

/** What GitHub grants an installation. */
export const GITHUB_LIMITS: Limits = { perHour: 5000, contentPerMinute: 80 };

export interface LimitVerdict {
  refusal: 'primary' | 'secondary' | null;
  /** `x-ratelimit-*`, and `retry-after` for a secondary limit. */
  headers: Record<string, string>;
}

interface Window {
  hour: number;
  used: number;
  minute: number;
  created: number;
}

const CONTENT = /\/(?:issues|pulls|comments|reviews)$/;

/** Counts each caller's requests in clock hours and minutes of the simulator. */
export function createLimiter(
  state: SimulatorState,
  limits: Limits,
): (caller: Caller, request: { method: string; path: string }) => LimitVerdict {
  const windows = new Map<string, Window>();
  return (caller, { method, path }) => {
    const seconds = Math.floor(state.clock.now().getTime() / 1000);
    const hour = Math.floor(seconds / 3600);
    const minute = Math.floor(seconds / 60);
    const name = callerName(caller);
    const known = windows.get(name) ?? { hour, used: 0, minute, created: 0 };
    const isContent = method === 'POST' && CONTENT.test(path);
    const window: Window = {
      hour,
      used: (known.hour === hour ? known.used : 0) + 1,
      minute,
      created: (known.minute === minute ? known.created : 0) + (isContent ? 1 : 0),
    };
    windows.set(name, window);
    const headers = rateHeaders(limits.perHour, window.used, (hour + 1) * 3600);
    if (window.used > limits.perHour) return { refusal: 'primary', headers };
    if (window.created <= limits.contentPerMinute) return { refusal: null, headers };
    return { refusal: 'secondary', headers: { ...headers, 'retry-after': String(60 - (seconds % 60)) } };
  };
}

/** `x-ratelimit-*` of the core resource; `reset` in epoch seconds. */
export function rateHeaders(limit: number, used: number, reset: number): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(Math.max(0, limit - used)),
    'x-ratelimit-used': String(used),
    'x-ratelimit-reset': String(reset),
    'x-ratelimit-resource': 'core',
  };
}

function callerName(caller: Caller): string {
  switch (caller.kind) {
    case 'anonymous':
      return 'anonymous';
    case 'app':
      return `app ${caller.app.id}`;
    case 'installation':
      return `installation ${caller.installation?.id ?? caller.token}`;
    case 'person':
      return `person ${caller.user.id}`;
  }
}
