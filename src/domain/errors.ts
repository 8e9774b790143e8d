/**
 * An unexpected failure that carries what a person needs to act on it.
 * Expected outcomes (denied, over budget, blocked) are values, never this.
 */
export class MusterError extends Error {
  /** Stable snake_case code, e.g. `invalid_config`, `stale_attempt`. */
  readonly code: string;
  /** The offending value, already free of secrets. */
  readonly value: unknown;
  /** True when the same call may succeed later. */
  readonly isRetryable: boolean;

  constructor(
    code: string,
    message: string,
    options: { value?: unknown; cause?: unknown; isRetryable?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MusterError';
    this.code = code;
    this.value = options.value;
    this.isRetryable = options.isRetryable ?? false;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** How long the one who refused asked to wait, in milliseconds: `value.retryAfterMs`, else 0. */
export function retryAfterOf({ value }: MusterError): number {
  const asked =
    typeof value === 'object' && value !== null && 'retryAfterMs' in value ? value.retryAfterMs : 0;
  return typeof asked === 'number' ? asked : 0;
}
