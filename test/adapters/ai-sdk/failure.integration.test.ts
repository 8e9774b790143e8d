import { describe, expect, it } from 'vitest';
import { failureOf, SECRET_PROMPT, type Provider } from './failing.ts';
import { namedEvents, type StubAnswer } from './stub.ts';
import { KEY } from './wire.ts';

const echo = `key ${KEY}, prompt ${SECRET_PROMPT}`;
const anthropic = (type: string, message = '') =>
  JSON.stringify({ type: 'error', error: { type, message: `${message} ${echo}` } });
const openai = (code: string | null, message = '') =>
  JSON.stringify({ error: { code, type: code, param: null, message: `${message} ${echo}` } });
const google = (status: string, message = '', details: unknown[] = []) =>
  JSON.stringify({ error: { code: 400, status, message: `${message} ${echo}`, details } });

const CASES: [string, Provider, StubAnswer, string, boolean, object][] = [
  [
    'a wrong key',
    'anthropic',
    { status: 401, body: anthropic('authentication_error') },
    'authentication',
    false,
    { status: 401 },
  ],
  [
    'a key without the permission',
    'anthropic',
    { status: 403, body: anthropic('permission_error') },
    'authentication',
    false,
    { status: 403 },
  ],
  [
    'an empty account',
    'anthropic',
    {
      status: 400,
      body: anthropic('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
    },
    'quota',
    false,
    { status: 400 },
  ],
  [
    'a rate limit',
    'anthropic',
    { status: 429, headers: { 'retry-after': '7' }, body: anthropic('rate_limit_error') },
    'rate_limited',
    true,
    { status: 429, retryAfterMs: 7000 },
  ],
  [
    'an overload',
    'anthropic',
    { status: 529, body: anthropic('overloaded_error') },
    'overloaded',
    true,
    { status: 529 },
  ],
  [
    'an overload that comes as HTTP 200',
    'anthropic',
    { body: namedEvents([{ type: 'error', error: { type: 'overloaded_error', message: echo } }]) },
    'overloaded',
    true,
    { status: 529 },
  ],
  [
    'a long prompt',
    'anthropic',
    {
      status: 400,
      body: anthropic('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
    },
    'context_too_long',
    false,
    { status: 400 },
  ],
  [
    'a big body',
    'anthropic',
    { status: 413, body: anthropic('request_too_large') },
    'context_too_long',
    false,
    { status: 413 },
  ],
  [
    'an unknown model',
    'anthropic',
    { status: 404, body: anthropic('not_found_error') },
    'invalid_request',
    false,
    { status: 404 },
  ],
  [
    'a page instead of JSON',
    'anthropic',
    { status: 502, body: `<html>${echo}</html>` },
    'overloaded',
    true,
    { status: 502 },
  ],
  [
    'a spent quota',
    'openai',
    { status: 429, body: openai('insufficient_quota', 'You exceeded your current quota') },
    'quota',
    false,
    { status: 429 },
  ],
  [
    'a rate limit',
    'openai',
    { status: 429, headers: { 'retry-after-ms': '250' }, body: openai('rate_limit_exceeded') },
    'rate_limited',
    true,
    { status: 429, retryAfterMs: 250 },
  ],
  [
    'a long context',
    'openai',
    { status: 400, body: openai('context_length_exceeded') },
    'context_too_long',
    false,
    { status: 400 },
  ],
  [
    'a bad schema',
    'openai',
    { status: 400, body: openai('invalid_json_schema') },
    'invalid_request',
    false,
    { status: 400 },
  ],
  ['an outage', 'openai', { status: 503, body: openai('server_error') }, 'overloaded', true, { status: 503 }],
  [
    'a wrong key',
    'google',
    { status: 400, body: google('INVALID_ARGUMENT', 'API key not valid.', [{ reason: 'API_KEY_INVALID' }]) },
    'authentication',
    false,
    { status: 400 },
  ],
  [
    'a rate limit',
    'google',
    {
      status: 429,
      body: google('RESOURCE_EXHAUSTED', 'You exceeded your current quota', [{ retryDelay: '12s' }]),
    },
    'rate_limited',
    true,
    { status: 429, retryAfterMs: 12_000 },
  ],
  [
    'a long context',
    'google',
    {
      status: 400,
      body: google(
        'INVALID_ARGUMENT',
        'The input token count (2000000) exceeds the maximum number of tokens allowed',
      ),
    },
    'context_too_long',
    false,
    { status: 400 },
  ],
  [
    'no credit',
    'compatible',
    { status: 402, body: openai(null, 'Insufficient credits') },
    'quota',
    false,
    { status: 402 },
  ],
  [
    'a long context',
    'compatible',
    { status: 400, body: openai(null, "This model's maximum context length is 8192 tokens") },
    'context_too_long',
    false,
    { status: 400 },
  ],
  [
    'an unknown model',
    'compatible',
    { status: 404, body: openai('not_found') },
    'invalid_request',
    false,
    { status: 404 },
  ],
];

describe('failures over the wire', () => {
  it.each(CASES)('tells %s: %s', async (_, provider, answer, failure, isRetryable, value) => {
    const error = await failureOf(provider, answer);
    expect(error).toMatchObject({ code: `model_${failure}`, isRetryable });
    expect(error.value).toEqual(value);
  });

  it.each(CASES)('repeats neither key nor prompt of %s: %s', async (_, provider, answer) => {
    const error = await failureOf(provider, answer);
    const shown = `${error.message} ${error.stack} ${JSON.stringify(error.value)} ${String(error.cause)}`;
    expect(shown).not.toContain(KEY);
    expect(shown).not.toContain(SECRET_PROMPT);
  });

  it("names the provider's own code for the person who reads it", async () => {
    const error = await failureOf('openai', { status: 429, body: openai('insufficient_quota') });
    expect(error.message).toBe(
      'openai says that the account has no credit left (HTTP 429, insufficient_quota)',
    );
  });
});
