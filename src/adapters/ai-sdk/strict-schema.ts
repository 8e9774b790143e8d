import { isPlainObject } from '../../domain/json.ts';

/**
 * True when OpenAI's strict mode takes the schema: every object closed and all its properties required.
 * Others are sent as a hint, because strict mode refuses the request (HTTP 400) instead of ignoring them.
 */
export function isStrictSchema(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrictSchema);
  if (!isPlainObject(schema)) return true;
  const { properties, required } = schema;
  if (schema['type'] === 'object' || properties !== undefined) {
    const names = Object.keys(isPlainObject(properties) ? properties : {});
    const isClosed = schema['additionalProperties'] === false;
    if (!isClosed || !Array.isArray(required) || !names.every((name) => required.includes(name)))
      return false;
  }
  // Under `properties` the keys are names, not keywords.
  const { properties: _, ...keywords } = schema;
  return [...Object.values(isPlainObject(properties) ? properties : {}), ...Object.values(keywords)].every(
    isStrictSchema,
  );
}
