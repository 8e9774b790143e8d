import { z } from 'zod';
import { MusterError } from '../domain/errors.ts';
import { isPlainObject, toJson, type Json, type JsonObject } from '../domain/json.ts';
import { toolError, type Tool, type ToolOutcome } from '../ports/tool.ts';

export interface ToolDefinition<Input> {
  name: string;
  description: string;
  input: z.ZodType<Input>;
  run: (input: Input, signal: AbortSignal) => Promise<ToolOutcome>;
}

/** Failures that the model can do something about; any other is the run's to handle. */
const MODEL_ERRORS = new Set([
  'path_outside',
  'path_link',
  'path_taken',
  'no_such_file',
  'not_text',
  'file_too_large',
  'changes_too_large',
  'bad_pattern',
  'github_not_found',
  'github_forbidden',
]);

/** A tool of a schema and a function: arguments that don't fit, and what the model did wrong, answer it. */
export function defineTool<Input>({ name, description, input, run }: ToolDefinition<Input>): Tool {
  return {
    schema: { name, description, parameters: parametersOf(input) },
    run: async (args, signal) => {
      const parsed = input.safeParse(withoutNulls(args));
      if (!parsed.success) return toolError(`${name} was not called right. ${issuesOf(parsed.error)}`);
      try {
        return await run(parsed.data, signal);
      } catch (error) {
        if (error instanceof MusterError && MODEL_ERRORS.has(error.code)) return toolError(error.message);
        throw error;
      }
    },
  };
}

function parametersOf(input: z.ZodType): JsonObject {
  const schema = toJson(z.toJSONSchema(input, { target: 'draft-7', io: 'input' }));
  const { $schema: _version, ...parameters } = isPlainObject(schema) ? schema : {};
  return parameters;
}

/** Some models write `null` for what they leave out. */
function withoutNulls(args: Json): Json {
  if (!isPlainObject(args)) return args;
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
}

function issuesOf(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map(
      (issue) =>
        `${issue.path.length === 0 ? 'Arguments' : `\`${issue.path.join('.')}\``}: ${issue.message}.`,
    )
    .join(' ');
}
