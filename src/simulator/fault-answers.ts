import { refusal } from './answer.ts';
import { GitHubError } from './errors.ts';
import type { Fault } from './faults.ts';
import { rateHeaders } from './limits.ts';
import type { RestAnswer } from './rest/request.ts';
import type { SimulatorState } from './state.ts';

/** The answer that a fault gives in place of the real one; null for faults that are no answers. */
export function faultAnswer(state: SimulatorState, fault: Fault): RestAnswer | null {
  const retryAfter: Record<string, string> =
    fault.retryAfterS === undefined ? {} : { 'retry-after': String(fault.retryAfterS) };
  switch (fault.kind) {
    case 'status':
      return refusal(new GitHubError(fault.status ?? 500, 'Server Error'), retryAfter);
    case 'secondary_limit':
      return refusal(secondaryLimit(), { 'retry-after': '60', ...retryAfter });
    case 'primary_limit': {
      const reset = Math.ceil(state.clock.now().getTime() / 1000) + (fault.retryAfterS ?? 3600);
      return refusal(primaryLimit(), rateHeaders(5000, 5000, reset));
    }
    case 'reset':
    case 'reset_after_effect':
    case 'delay':
      return null;
  }
}

/** 403 as GitHub words the secondary limit. */
export function secondaryLimit(): GitHubError {
  return new GitHubError(
    403,
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
  );
}

/** 403 as GitHub words the primary limit. */
export function primaryLimit(): GitHubError {
  return new GitHubError(403, 'API rate limit exceeded for installation.');
}
