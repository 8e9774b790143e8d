import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

export type Entry = string | Buffer | { link: string } | { executable: string };

export interface TestRepository {
  folder: string;
  url: string;
  sha: string;
}

/** A folder that is removed when the scope ends. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'muster-git-test-'));
  return { path: folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

export function gitIn(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'core.fsync=none'];
  return execFileSync('git', [...identity, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  });
}

/** A repository with one commit of these files. */
export function repositoryWith(folder: string, files: Record<string, Entry>): TestRepository {
  mkdirSync(folder, { recursive: true });
  gitIn(folder, 'init', '--quiet');
  for (const [name, entry] of Object.entries(files)) putEntry(path.join(folder, name), entry);
  gitIn(folder, 'add', '--all', '--force');
  gitIn(folder, 'commit', '--quiet', '--allow-empty', '--message', 'first');
  return { folder, url: `file://${folder}`, sha: gitIn(folder, 'rev-parse', 'HEAD').trim() };
}

function putEntry(place: string, entry: Entry): void {
  mkdirSync(path.dirname(place), { recursive: true });
  if (typeof entry === 'string' || Buffer.isBuffer(entry)) return writeFileSync(place, entry);
  if ('link' in entry) return symlinkSync(entry.link, place);
  writeFileSync(place, entry.executable);
  chmodSync(place, 0o755);
}

export interface TestServer {
  url: string;
  authorizations: (string | undefined)[];
  close(): void;
}

/** An HTTP server on loopback that notes each request's authorization before it answers. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TestServer> {
  const authorizations: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, authorizations, close: () => void server.close() };
}

/** git over HTTP, as `git http-backend` speaks it, for the repositories in a folder. */
export function gitBackend(root: string) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const [pathInfo = '', query = ''] = (request.url ?? '').split('?');
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        PATH_INFO: pathInfo,
        QUERY_STRING: query,
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      },
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    backend.on('close', () => {
      const whole = Buffer.concat(chunks);
      const end = whole.indexOf('\r\n\r\n');
      for (const line of whole.subarray(0, end).toString().split('\r\n')) {
        const [name = '', value = ''] = line.split(': ');
        if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.end(whole.subarray(end + 4));
    });
  };
}
