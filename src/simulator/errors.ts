import { MusterError } from '../domain/errors.ts';

/** One entry of `errors` in a 422 answer. */
export interface FieldError {
  resource: string;
  field: string;
  code: string;
  message?: string;
}

/** A refusal, as GitHub words it: the server sends `status`, `message` and `errors` as they are. */
export class GitHubError extends Error {
  readonly status: number;
  readonly errors: readonly (FieldError | string)[];

  constructor(status: number, message: string, errors: readonly (FieldError | string)[] = []) {
    super(message);
    this.name = 'GitHubError';
    this.status = status;
    this.errors = errors;
  }
}

/** 404: not there, or not for the caller to know of. */
export function notFound(): GitHubError {
  return new GitHubError(404, 'Not Found');
}

/** 403 for a permission that the token lacks. */
export function forbidden(message = 'Resource not accessible by integration'): GitHubError {
  return new GitHubError(403, message);
}

/** 422 with what is wrong. */
export function invalid(message: string, errors: readonly (FieldError | string)[] = []): GitHubError {
  return new GitHubError(422, message, errors);
}

/** 422 `Validation Failed` about one field. */
export function invalidField(resource: string, field: string, code: string, message?: string): GitHubError {
  const entry = { resource, field, code, ...(message === undefined ? {} : { message }) };
  return invalid('Validation Failed', [entry]);
}

/** What the caller is told about anything that was thrown; 500 for the simulator's own failures. */
export function asGitHubError(error: unknown): GitHubError | null {
  if (error instanceof GitHubError) return error;
  if (!(error instanceof MusterError)) return null;
  switch (error.code) {
    case 'git_not_found':
      return notFound();
    case 'git_invalid':
    case 'git_conflict':
      return invalid(error.message);
    default:
      return null;
  }
}
