import { GraphQLError } from 'graphql';
import { asGitHubError } from '../errors.ts';

/** GitHub's classes of failure in GraphQL answers. */
export type RefusalType =
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'UNPROCESSABLE'
  | 'STALE_DATA'
  | 'MISSING_PAGINATION_BOUNDARIES'
  | 'EXCESSIVE_PAGINATION';

/** One entry of `errors` as GitHub writes it. */
export interface AnsweredError {
  type?: string;
  path?: readonly (string | number)[];
  extensions?: Record<string, unknown>;
  locations?: readonly { line: number; column: number }[];
  message: string;
}

/** The error for a field that GitHub would refuse. */
export function refusal(type: RefusalType, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

/** The error for an id that nothing visible to the caller has. */
export function noNode(id: string): GraphQLError {
  return refusal('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
}

/** A failed field in GitHub's shape. Throws what was no refusal: a failure of the simulator itself. */
export function fieldError(error: GraphQLError): AnsweredError {
  const { path, locations, originalError } = error;
  const shape = {
    ...(path === undefined ? {} : { path }),
    ...(locations === undefined ? {} : { locations }),
  };
  const cause = asGitHubError(originalError);
  if (cause !== null) return { type: typeOfStatus(cause.status), ...shape, message: cause.message };
  const isRefusal = originalError === undefined || originalError instanceof GraphQLError;
  if (!isRefusal) throw originalError;
  const type = error.extensions.type;
  return { ...(typeof type === 'string' ? { type } : {}), ...shape, message: error.message };
}

function typeOfStatus(status: number): RefusalType {
  if (status === 404) return 'NOT_FOUND';
  return status === 422 ? 'UNPROCESSABLE' : 'FORBIDDEN';
}

/** A query that doesn't fit the schema, in GitHub's words for the common mistakes. */
export function validationError(error: GraphQLError): AnsweredError {
  const { message, locations = [] } = error;
  for (const [pattern, describe] of WORDS) {
    const match = pattern.exec(message);
    if (match !== null) return { ...describe(match[1] ?? '', match[2] ?? '', match[3] ?? ''), locations };
  }
  return { message, locations };
}

type Described = Pick<AnsweredError, 'message' | 'extensions'>;

const WORDS: readonly [RegExp, (first: string, second: string, third: string) => Described][] = [
  [
    /^Cannot query field "(\w+)" on type "(\w+)"/,
    (fieldName, typeName) => ({
      message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
      extensions: { code: 'undefinedField', typeName, fieldName },
    }),
  ],
  [
    /^Field "(\w+)" argument "(\w+)" of type .* is required/,
    (name, argument) => ({
      message: `Field '${name}' is missing required arguments: ${argument}`,
      extensions: { code: 'missingRequiredArguments', className: 'Field', name, arguments: argument },
    }),
  ],
  [
    /^Unknown argument "(\w+)" on field "\w+\.(\w+)"/,
    (argumentName, name) => ({
      message: `Field '${name}' doesn't accept argument '${argumentName}'`,
      extensions: { code: 'argumentNotAccepted', name, typeName: 'Field', argumentName },
    }),
  ],
  [
    /^Field "(\w+)\.(\w+)" of required type "([^"]+)" was not provided/,
    (inputObjectType, argumentName, argumentType) => ({
      message: `Argument '${argumentName}' on InputObject '${inputObjectType}' is required. Expected type ${argumentType}`,
      extensions: {
        code: 'missingRequiredInputObjectAttribute',
        argumentName,
        argumentType,
        inputObjectType,
      },
    }),
  ],
];
