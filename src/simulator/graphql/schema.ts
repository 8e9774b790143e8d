import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import type { GraphQLSchema } from 'graphql';

let schema: GraphQLSchema | null = null;

/**
 * GitHub's public GraphQL schema, parsed once (a quarter of a second). The package is located but not
 * imported: its own entry parses the schema a second time. GitHub's text repeats some fields, so it is taken
 * as valid.
 */
export function githubSchema(): GraphQLSchema {
  const file = new URL('schema.graphql', import.meta.resolve('@octokit/graphql-schema'));
  schema ??= buildSchema(readFileSync(file, 'utf8'), { assumeValid: true });
  return schema;
}
