import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { spawnGit } from './command.ts';

export interface ServeGitOptions {
  /** The bare repository. */
  dir: string;
  /** The path after the repository, e.g. `/info/refs` or `/git-upload-pack`. */
  pathInfo: string;
  /** Who is signed in. */
  user: string;
  canPush: boolean;
}

/**
 * Answers one request of git's smart HTTP protocol through `git http-backend`, streaming both ways:
 * gzipped bodies, protocol version 2, shallow and partial clones. Without `canPush` a push is 403.
 * The caller has authenticated the user.
 */
export function serveGit(req: IncomingMessage, res: ServerResponse, options: ServeGitOptions): void {
  const child = spawnGit(['http-backend'], cgiVariables(req, options));
  res.on('close', () => child.kill());
  child.on('error', (error) => res.destroy(error));
  // git's words about a refused or broken request are for its own log; the client gets the status.
  child.stderr.resume();
  // The backend may answer before it has read the whole body; the rest is read to keep the connection.
  child.stdin.on('error', () => req.resume());
  req.pipe(child.stdin);
  answer(child.stdout, res);
}

function cgiVariables(req: IncomingMessage, options: ServeGitOptions): Record<string, string> {
  const header = (name: string): string => String(req.headers[name] ?? '');
  return {
    GIT_PROJECT_ROOT: options.dir,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: options.pathInfo,
    QUERY_STRING: (req.url ?? '').split('?')[1] ?? '',
    REQUEST_METHOD: req.method ?? 'GET',
    CONTENT_TYPE: header('content-type'),
    CONTENT_LENGTH: header('content-length'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    GIT_PROTOCOL: header('git-protocol'),
    REMOTE_USER: options.user,
    REMOTE_ADDR: '127.0.0.1',
    // Set for each request: a repository's own setting would let everyone push or no one.
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.receivepack',
    GIT_CONFIG_VALUE_0: String(options.canPush),
  };
}

/** Reads the CGI headers up to the blank line, then passes the rest on as it comes. */
function answer(output: Readable, res: ServerResponse): void {
  let head = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    output.off('data', onData).off('end', onEnd).pause();
    writeHead(res, head.subarray(0, end).toString('latin1'));
    const rest = head.subarray(end + 4);
    if (rest.length > 0) output.unshift(rest);
    output.pipe(res);
  };
  const onEnd = (): void => {
    res.writeHead(500).end();
  };
  output.on('data', onData).on('end', onEnd);
}

function writeHead(res: ServerResponse, headers: string): void {
  for (const line of headers.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') res.statusCode = Number.parseInt(value, 10);
    else res.setHeader(name, value);
  }
}
