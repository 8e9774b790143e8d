/** A failure that the simulator shows instead of, or after, the answer. */
export interface Fault {
  /** Any method where absent. */
  method?: string;
  /** Matched against the path with its query, without `/api/v3`. */
  path: RegExp;
  /** Matched against the request's body as text, to hit one GraphQL mutation. */
  body?: RegExp;
  /** How many requests it hits. */
  times: number;
  /**
   * `status`: answers it; `reset`: cuts the connection before anything happened; `reset_after_effect`: does the
   * work, then cuts the connection; `delay`: waits first; the limits: 403 as GitHub words them.
   * Git over HTTP knows no `reset_after_effect`.
   */
  kind: 'status' | 'reset' | 'reset_after_effect' | 'delay' | 'secondary_limit' | 'primary_limit';
  /** For `status`; 500 where absent. */
  status?: number;
  /** For the limits and `status`; seconds. */
  retryAfterS?: number;
  /** For `delay`. */
  delayMs?: number;
}

/** Faults that wait for their request. */
export interface Faults {
  add(fault: Fault): void;
  /** Takes back all that have not struck. */
  clear(): void;
  /** The first that fits, counted down; null where none does. */
  take(request: { method: string; path: string; body: string }): Fault | null;
}

/** No faults, until some are added. */
export function createFaults(): Faults {
  let waiting: { fault: Fault; left: number }[] = [];
  return {
    add: (fault) => {
      waiting.push({ fault, left: fault.times });
    },
    clear: () => {
      waiting = [];
    },
    take: (request) => {
      const entry = waiting.find(({ fault }) => fits(fault, request));
      if (entry === undefined) return null;
      entry.left -= 1;
      waiting = waiting.filter(({ left }) => left > 0);
      return entry.fault;
    },
  };
}

function fits(fault: Fault, request: { method: string; path: string; body: string }): boolean {
  const isMethod = fault.method === undefined || fault.method.toUpperCase() === request.method;
  return isMethod && fault.path.test(request.path) && (fault.body?.test(request.body) ?? true);
}
