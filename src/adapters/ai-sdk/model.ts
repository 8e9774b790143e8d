import { jsonSchema, Output, streamText, tool } from 'ai';
import type { LanguageModel, ToolSet } from 'ai';
import type { JsonObject } from '../../domain/json.ts';
import type { Model, ModelRequest, ToolSchema } from '../../ports/model.ts';
import { PROVIDERS, type ProviderName } from './base-url.ts';
import { abortedError, noProviderError, toModelError } from './failure.ts';
import { toPrompt } from './prompt.ts';
import { openProviders, type AiSdkSettings } from './providers.ts';
import { readReply } from './reply.ts';
import { isStrictSchema } from './strict-schema.ts';

// The SDK prints warnings to the console of the process, with names of tools and models in them.
globalThis.AI_SDK_LOG_WARNINGS = false;

/**
 * The model port over the AI SDK: Anthropic Messages, OpenAI Responses, Gemini, and Chat Completions for all
 * that is `compatible`. Models are `<provider>/<name>`, where the name may hold slashes. Keeps no state here
 * or at the provider: what a next turn needs is in the reply's `raw`.
 */
export function createAiSdkModel(settings: AiSdkSettings): Model {
  const models = openProviders(settings);
  const providers = [...models.keys()];
  return {
    providers,
    async generate(request, { signal, onText }) {
      if (signal.aborted) throw abortedError();
      const [provider, name] = splitModel(request.model);
      const open = provider === null ? undefined : models.get(provider);
      if (open === undefined || name === '') throw noProviderError(request.model, providers);
      try {
        return await readReply(startTurn(open(name), request, signal), request, onText);
      } catch (error) {
        throw toModelError(error, request.model, signal);
      }
    },
  };
}

function splitModel(model: string): [provider: ProviderName | null, name: string] {
  const slash = model.indexOf('/');
  const prefix = model.slice(0, Math.max(slash, 0));
  return [PROVIDERS.find((provider) => provider === prefix) ?? null, model.slice(slash + 1)];
}

function startTurn(model: LanguageModel, request: ModelRequest, signal: AbortSignal) {
  const isStrict = isStrictSchema(request.output?.schema);
  return streamText({
    model,
    ...toPrompt(request),
    ...(request.tools.length === 0 ? {} : { tools: toTools(request.tools) }),
    ...(request.output === null
      ? {}
      : { output: Output.object({ name: request.output.name, schema: toSchema(request.output.schema) }) }),
    maxOutputTokens: request.maxOutputTokens,
    maxRetries: 0,
    abortSignal: signal,
    telemetry: { recordInputs: false, recordOutputs: false },
    providerOptions: {
      // Arguments that stream unchecked may stop being JSON where the turn is cut.
      anthropic: { toolStreaming: false },
      openai: { store: false, strictJsonSchema: isStrict },
      compatible: { strictJsonSchema: isStrict },
    },
    // Read from the stream; the default prints them, with the request.
    onError: () => undefined,
  });
}

function toTools(schemas: ToolSchema[]): ToolSet {
  return Object.fromEntries(
    schemas.map(({ name, description, parameters }) => [
      name,
      tool({ description, inputSchema: toSchema(parameters) }),
    ]),
  );
}

/** Without a validator: what the model wrote is passed on as it is, and judged by the tool. */
function toSchema(schema: JsonObject) {
  return jsonSchema(schema);
}
