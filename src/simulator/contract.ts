import addFormats from 'ajv-formats';
import { OpenAPIBackend, type Document, type Operation, type Request } from 'openapi-backend';
import description from './openapi/github.json' with { type: 'json' };
import { invalid, type FieldError } from './errors.ts';

/** A request that GitHub's description knows. */
interface MatchedRequest {
  operationId: string;
  /** Decoded path parameters. */
  params: Record<string, string>;
  query: Record<string, unknown>;
}

/** GitHub's OpenAPI description, as a judge of requests and of our answers. */
export interface Contract {
  /** Null where no operation has this method and path. */
  match(request: Request): MatchedRequest | null;
  /** Throws GitHub's 422 for parameters or a body that break the description. */
  checkRequest(request: Request, operationId: string): void;
  /** What is wrong with an answer; empty where it keeps the description. */
  checkResponse(operationId: string, status: number, body: unknown): string[];
}

/** The parts of a path whose last parameter may hold slashes: refs, file paths, label names. */
const SLASHED: readonly RegExp[] = [
  /^(\/repos\/[^/]+\/[^/]+\/commits\/)(.+?)(\/(?:check-runs|check-suites|status|statuses))$/,
  /^(\/repos\/[^/]+\/[^/]+\/branches\/)(.+?)(\/protection)$/,
  /^(\/repos\/[^/]+\/[^/]+\/(?:contents|git\/ref|git\/refs|git\/matching-refs|branches|compare|commits|labels)\/)(.+)()$/,
  /^(\/repos\/[^/]+\/[^/]+\/contents\/?)()()$/,
  /^(\/repos\/[^/]+\/[^/]+\/issues\/\d+\/labels\/)(.+)()$/,
];

let shared: Promise<Contract> | null = null;

/** The contract, compiled once a process. */
export function loadContract(): Promise<Contract> {
  shared ??= compile();
  return shared;
}

/** A path as the description's templates want it: slashes inside one parameter are escaped, and the root folder is `.`. */
export function escapeParameters(path: string): string {
  for (const pattern of SLASHED) {
    const [, start, inner, end] = pattern.exec(path) ?? [];
    if (start === undefined || inner === undefined) continue;
    if (inner === '') return `${start.replace(/\/$/, '')}/.`;
    return `${start}${inner.replaceAll('/', '%2F')}${end ?? ''}`;
  }
  return path;
}

async function compile(): Promise<Contract> {
  const api = new OpenAPIBackend({
    definition: description as unknown as Document,
    quick: true,
    strict: false,
    coerceTypes: true,
    ajvOpts: { strict: false, allErrors: false },
    customizeAjv: (ajv) => {
      addFormats.default(ajv);
      // GitHub's own answers hold templates (`{/sha}`) where its description says `uri`.
      ajv.addFormat('uri', true);
      ajv.addFormat('repo.nwo', true);
      // The addresses of bots hold brackets, which the strict format refuses.
      ajv.addFormat('email', /@/);
      return ajv;
    },
  });
  await api.init();
  // The router lists all of them anew, several times a request.
  const operations = api.router.getOperations();
  api.router.getOperations = () => operations;
  return {
    match: (request) => match(api, request),
    checkRequest: (request, operationId) => {
      const { valid, errors } = api.validateRequest(request, operationId);
      if (!valid) throw asRefusal(errors ?? []);
    },
    checkResponse: (operationId, status, body) => {
      const { valid, errors } = api.validateResponse(body, operationId, status);
      return valid ? [] : (errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
    },
  };
}

function match(api: OpenAPIBackend, request: Request): MatchedRequest | null {
  const operation: Operation | undefined = api.router.matchOperation(request);
  if (operation?.operationId === undefined) return null;
  const { params, query } = api.router.parseRequest(request, operation);
  return { operationId: operation.operationId, params, query };
}

function asRefusal(errors: { instancePath: string; keyword: string; message?: string; params: object }[]) {
  const entries = errors.map((error): FieldError => {
    const parts = error.instancePath.split('/').filter((part) => part !== '');
    const missing = 'missingProperty' in error.params ? String(error.params.missingProperty) : null;
    return {
      resource: 'Request',
      field: missing ?? parts.at(-1) ?? '',
      code: missing === null ? 'invalid' : 'missing_field',
      message: `${parts.join('.')} ${error.message ?? ''}`.trim(),
    };
  });
  return invalid('Invalid request.', entries);
}
