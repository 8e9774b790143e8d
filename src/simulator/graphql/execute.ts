import { execute, GraphQLError, parse, validate } from 'graphql';
import type { DocumentNode, ExecutionResult, GraphQLFieldResolver } from 'graphql';
import { isPlainObject } from '../../domain/json.ts';
import { actorOf } from '../state.ts';
import type { Caller, SimulatorState } from '../state.ts';
import type { GraphqlContext } from './context.ts';
import { fieldError, validationError } from './errors.ts';
import { mutationFields } from './mutations.ts';
import { queryFields } from './queries.ts';
import { githubSchema } from './schema.ts';

/** What `POST /graphql` carries. */
export interface GraphqlRequest {
  query: string;
  variables?: Record<string, unknown>;
}

/**
 * Answers one GraphQL request over the state, checked against GitHub's own schema. Refusals are 200 with
 * `errors`, as GitHub's are; callers who are not signed in as an account get 401. A field that GitHub has and
 * the simulator lacks is an error that says so, never null. Throws where the simulator itself fails.
 */
export async function executeGraphql(
  state: SimulatorState,
  caller: Caller,
  body: GraphqlRequest,
): Promise<{ status: number; body: unknown }> {
  const actor = actorOf(caller);
  if (actor === null) return { status: 401, body: UNAUTHENTICATED };
  if (typeof body.query !== 'string') {
    return { status: 400, body: { message: 'A query attribute must be specified and must be a string.' } };
  }
  const document = parseQuery(body.query);
  if (document instanceof GraphQLError) {
    return { status: 200, body: { errors: [validationError(document)] } };
  }
  const mistakes = validate(githubSchema(), document);
  if (mistakes.length > 0) return { status: 200, body: { errors: mistakes.map(validationError) } };
  const result = await run(document, { state, caller, actor }, body.variables);
  return { status: 200, body: answer(result) };
}

const UNAUTHENTICATED = {
  message: 'This endpoint requires you to be authenticated.',
  documentation_url:
    'https://docs.github.com/graphql/guides/forming-calls-with-graphql#authenticating-with-graphql',
  status: '401',
};

function parseQuery(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

async function run(
  document: DocumentNode,
  context: GraphqlContext,
  variables: Record<string, unknown> | undefined,
): Promise<ExecutionResult> {
  return await execute({
    schema: githubSchema(),
    document,
    rootValue: { ...queryFields(context), ...mutationFields(context) },
    variableValues: variables ?? null,
    fieldResolver: resolveField,
  });
}

/** Values stand as they are, functions take the field's arguments, and nothing is silently null. */
const resolveField: GraphQLFieldResolver<unknown, unknown> = (source, args, _context, info) => {
  const { fieldName, parentType } = info;
  if (!isPlainObject(source) || !Object.hasOwn(source, fieldName)) {
    throw new GraphQLError(`The simulator has no ${parentType.name}.${fieldName}`);
  }
  const value = source[fieldName];
  return typeof value === 'function' ? value(args) : value;
};

function answer({ data, errors }: ExecutionResult): unknown {
  if (errors === undefined) return { data };
  return { ...(data === undefined ? {} : { data }), errors: errors.map(fieldError) };
}
