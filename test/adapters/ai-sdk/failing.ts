import { expect } from 'vitest';
import { createAiSdkModel } from '../../../src/adapters/ai-sdk/model.ts';
import { MusterError } from '../../../src/domain/errors.ts';
import { modelRequest } from '../../contracts/model.ts';
import { startStub, type StubAnswer } from './stub.ts';
import { PROTOCOLS } from './wire.ts';

export type Provider = keyof typeof PROTOCOLS;

export const SECRET_PROMPT = 'the prompt that nobody may see';

/** The error of a call whose only answer is this one. */
export async function failureOf(provider: Provider, answer: StubAnswer): Promise<MusterError> {
  const stub = await startStub([answer]);
  const { model, settings } = PROTOCOLS[provider];
  const request = modelRequest({ model, messages: [{ role: 'user', text: SECRET_PROMPT }] });
  const outcome: unknown = await createAiSdkModel(settings(stub.url))
    .generate(request, { signal: new AbortController().signal })
    .catch((error: unknown) => error);
  await stub.close();
  expect(stub.calls).toHaveLength(1);
  if (!(outcome instanceof MusterError)) throw new Error(`no MusterError: ${JSON.stringify(outcome)}`);
  return outcome;
}
