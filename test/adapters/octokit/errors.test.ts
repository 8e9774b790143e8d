import { describe, expect, it } from 'vitest';
import { toGitHubError } from '../../../src/adapters/octokit/errors.ts';
import { MusterError } from '../../../src/domain/errors.ts';

const NOW = Date.UTC(2026, 0, 1);
const CALL = { method: 'POST', route: '/repos/{owner}/{repo}/issues', now: NOW };

function answered(status: number, data: unknown = {}, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error('whatever Octokit says'), {
    status,
    response: { status, data, headers },
    request: { headers: { authorization: 'token ghs_secret' }, body: 'private text' },
  });
}

function codeFor(error: unknown): string {
  return toGitHubError(error, CALL).code;
}

describe('toGitHubError', () => {
  it.each([
    [400, 'github_invalid'],
    [401, 'github_unauthorized'],
    [403, 'github_forbidden'],
    [404, 'github_not_found'],
    [405, 'github_invalid'],
    [409, 'github_invalid'],
    [410, 'github_not_found'],
    [422, 'github_invalid'],
    [429, 'github_limited'],
    [451, 'github_forbidden'],
    [500, 'github_unavailable'],
    [502, 'github_unavailable'],
    [503, 'github_unavailable'],
  ])('maps status %i to %s', (status, code) => {
    expect(codeFor(answered(status))).toBe(code);
  });

  it('reads what is asked of an empty repository as not there', () => {
    expect(codeFor(answered(409, { message: 'Git Repository is empty.' }))).toBe('github_not_found');
  });

  it.each([
    ['retry-after', answered(403, { message: 'wait' }, { 'retry-after': '17' }), 17_000],
    [
      'a spent quota until its reset',
      answered(403, {}, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 90) }),
      90_000,
    ],
    [
      'the words of a secondary limit',
      answered(403, { message: 'You have exceeded a secondary rate limit.' }),
      60_000,
    ],
    ['the words of the abuse detection', answered(403, { message: 'abuse detection mechanism' }), 60_000],
    ['429 without a word', answered(429), 60_000],
    ['at least a second', answered(429, {}, { 'retry-after': '0.001' }), 1000],
    ['at most an hour', answered(429, {}, { 'retry-after': '99999' }), 3_600_000],
  ])('tells a limit from a permission by %s', (_how, error, retryAfterMs) => {
    const mapped = toGitHubError(error, CALL);
    expect(mapped.code).toBe('github_limited');
    expect(mapped.isRetryable).toBe(true);
    expect(mapped.value).toMatchObject({ retryAfterMs });
  });

  it('leaves a missing permission a permission while quota is left', () => {
    const error = answered(
      403,
      { message: 'Resource not accessible by integration' },
      { 'x-ratelimit-remaining': '4999' },
    );
    expect(toGitHubError(error, CALL)).toMatchObject({ code: 'github_forbidden', isRetryable: false });
  });

  it('keeps GitHub’s words of a 422, field by field', () => {
    const data = {
      message: 'Validation Failed',
      errors: [{ resource: 'PullRequest', field: 'base', code: 'invalid' }, { message: 'No commits' }, 'odd'],
    };
    expect(toGitHubError(answered(422, data), CALL).message).toBe(
      'POST /repos/{owner}/{repo}/issues: Validation Failed; PullRequest base invalid; No commits; odd',
    );
  });

  it('carries neither the request nor its token or body', () => {
    const mapped = toGitHubError(answered(500, '<html>unicorn</html>'), CALL);
    expect(mapped.cause).toBeUndefined();
    expect(JSON.stringify([mapped, mapped.message, mapped.stack])).not.toMatch(
      /ghs_secret|private text|unicorn/,
    );
  });

  it('caps what GitHub says', () => {
    expect(toGitHubError(answered(422, { message: 'x'.repeat(10_000) }), CALL).message.length).toBeLessThan(
      600,
    );
  });

  it.each([
    ['a reset', Object.assign(new Error('read ECONNRESET'), { status: 500 })],
    ['a timeout', new DOMException('The operation timed out', 'TimeoutError')],
    ['something thrown that is no error', 'boom'],
  ])('takes %s as unavailable and retryable', (_what, error) => {
    expect(toGitHubError(error, CALL)).toMatchObject({ code: 'github_unavailable', isRetryable: true });
  });

  it.each([
    [[{ type: 'NOT_FOUND', message: 'Could not resolve to a node' }], 'github_not_found'],
    [[{ type: 'FORBIDDEN', message: 'Resource not accessible' }], 'github_forbidden'],
    [[{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }], 'github_limited'],
    [[{ type: 'UNPROCESSABLE', message: 'Draft pull requests are not supported' }], 'github_invalid'],
    [[{ message: 'Something went wrong while executing your query' }], 'github_unavailable'],
    [[], 'github_invalid'],
  ])('maps GraphQL’s %j to %s', (errors, code) => {
    expect(codeFor(Object.assign(new Error('graphql'), { errors }))).toBe(code);
    const limited = Object.assign(new Error('x'), {
      response: { status: 200, headers: {}, data: { errors } },
    });
    expect(codeFor(limited)).toBe(code);
  });

  it('leaves what is mapped already as it is', () => {
    const error = new MusterError('github_not_found', 'x');
    expect(toGitHubError(error, CALL)).toBe(error);
  });
});
