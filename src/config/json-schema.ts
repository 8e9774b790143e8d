import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import { isPlainObject, toJson } from '../domain/json.ts';
import { configFileSchema } from './config-schema.ts';

/**
 * The JSON Schema of `.github/muster.yml`, for editors. A key without a value is allowed at the top, as
 * `parseConfig` allows it.
 */
export function configJsonSchema(): JsonObject {
  const schema = toJson(z.toJSONSchema(configFileSchema, { io: 'input', target: 'draft-7' }));
  if (!isPlainObject(schema) || !isPlainObject(schema.properties)) return {};
  const properties = Object.entries(schema.properties).map(([key, value]) => [
    key,
    isPlainObject(value) && value.type !== undefined ? { ...value, ...orNull(value) } : value,
  ]);
  return toJson({ ...schema, title: 'Muster', properties: Object.fromEntries(properties) }) as JsonObject;
}

function orNull(schema: Record<string, unknown>): Record<string, unknown> {
  return {
    type: [schema.type, 'null'],
    ...(Array.isArray(schema.enum) && { enum: [...schema.enum, null] }),
  };
}
