import { writeFile } from 'node:fs/promises';
import { createSecretScanner } from '../../../adapters/secret-scanner.ts';
import { isPlainObject, toJson, type Json } from '../../../domain/json.ts';
import { MusterError } from '../../../domain/errors.ts';
import type { Model } from '../../../ports/model.ts';
import type { SecretScanner } from '../../../ports/secrets.ts';
import { createRecordingModel } from '../../../simulator/cassette-recorder.ts';
import type { Environment } from '../../env.ts';
import { providerModel } from '../../host.ts';
import { redactValues } from '../../redact.ts';

export interface Recording {
  model: Model;
  /** Writes what was answered so far to the file, without secrets; false where nothing was. */
  save(file: string): Promise<boolean>;
}

/** The models of the environment, recorded. Throws `no_provider` where it holds no provider's key. */
export function startRecording(environment: Environment): Recording {
  const model = providerModel(environment);
  if (model.providers.length === 0) {
    throw new MusterError(
      'no_provider',
      'recording needs a real model: set ANTHROPIC_API_KEY, OPENAI_API_KEY, GOOGLE_GENERATIVE_AI_API_KEY or OPENAI_COMPATIBLE_BASE_URL',
    );
  }
  const recorder = createRecordingModel(model, { scrub: redactValues(environment.secretValues) });
  const scanner = createSecretScanner({ ownSecrets: environment.secretValues });
  let calls = 0;
  return {
    model: {
      providers: recorder.providers,
      generate: async (request, context) => {
        const reply = await recorder.generate(request, context);
        calls += 1;
        return reply;
      },
    },
    save: async (file) => {
      if (calls === 0) return false;
      const clean = await withoutSecrets(toJson(recorder.cassette()), scanner);
      await writeFile(file, `${JSON.stringify(clean, null, 2)}\n`);
      return true;
    },
  };
}

/** A model may repeat a secret that it read in the repository, which is none of this process. */
export async function withoutSecrets(value: Json, scanner: SecretScanner): Promise<Json> {
  if (typeof value === 'string') return redactFound(value, scanner);
  if (Array.isArray(value)) return Promise.all(value.map(async (item) => withoutSecrets(item, scanner)));
  if (!isPlainObject(value)) return value;
  const entries = Object.entries(value).map(
    async ([key, inner]) => [key, await withoutSecrets(inner, scanner)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Findings may overlap or touch; each stretch of them becomes one mark. */
async function redactFound(text: string, scanner: SecretScanner): Promise<string> {
  const found = [...(await scanner.scan(text))].sort((left, right) => left.start - right.start);
  let clean = '';
  let end = 0;
  for (const finding of found) {
    if (finding.start > end || clean === '') clean += `${text.slice(end, finding.start)}[redacted]`;
    end = Math.max(end, finding.end);
  }
  return clean + text.slice(end);
}
