import { GitHubError, notFound } from '../errors.ts';
import type { Repository } from '../model.ts';
import type { Payload } from '../payloads/account.ts';
import { apiUrl, webUrl } from '../payloads/repository.ts';
import { findCommit } from './commit-names.ts';
import { ok, queryText, textParam, type RepositoryHandler, type RestRequest } from './request.ts';

/** GitHub sends the content of larger files only as raw. */
const MAX_INLINE_BYTES = 1_048_576;

interface Entry {
  path: string;
  sha: string;
  type: 'file' | 'dir' | 'symlink' | 'submodule';
  size: number;
}

/** Files and folders at a ref: JSON, or the bytes with `Accept: application/vnd.github.raw+json`. */
export const contentHandlers: Record<string, RepositoryHandler> = {
  'repos/get-content': async (request, repository) => {
    const path = textParam(request, 'path').replaceAll(/^\.$|^\/+|\/+$/g, '');
    const ref = queryText(request, 'ref') ?? repository.defaultBranch;
    const commit = await findCommit(repository, ref.replace(/^refs\//, ''));
    if (commit === null) throw new GitHubError(404, `No commit found for the ref ${ref}`);
    const found = await repository.git.readPath(commit, path);
    if (found === null) throw notFound();
    if (found.type === 'tree') return ok(await folder(request, repository, found.sha, path, ref));
    const bytes = await repository.git.readBlob(found.sha);
    if (bytes === null) throw notFound();
    const text = Buffer.from(bytes).toString('utf8');
    if (/\braw\b/.test(request.accept)) {
      return { status: 200, text, headers: { 'content-type': 'application/vnd.github.raw; charset=utf-8' } };
    }
    const isLink = found.mode === '120000';
    const entry: Entry = { path, sha: found.sha, type: isLink ? 'symlink' : 'file', size: bytes.length };
    const isInline = bytes.length <= MAX_INLINE_BYTES;
    return ok({
      ...entryPayload(request, repository, entry, ref),
      ...(isLink
        ? { target: text }
        : {
            content: isInline ? wrapped(Buffer.from(bytes).toString('base64')) : '',
            encoding: isInline ? 'base64' : 'none',
          }),
    });
  },
};

async function folder(
  request: RestRequest,
  repository: Repository,
  treeSha: string,
  path: string,
  ref: string,
): Promise<Payload[]> {
  const items = await repository.git.readTree(treeSha, false);
  return items.map((item) => {
    const entry: Entry = {
      path: path === '' ? item.path : `${path}/${item.path}`,
      sha: item.sha,
      type: typeOf(item.mode),
      size: item.size ?? 0,
    };
    return entryPayload(request, repository, entry, ref);
  });
}

function typeOf(mode: string): Entry['type'] {
  if (mode === '040000') return 'dir';
  if (mode === '160000') return 'submodule';
  return mode === '120000' ? 'symlink' : 'file';
}

function entryPayload(request: RestRequest, repository: Repository, entry: Entry, ref: string): Payload {
  const path = entry.path.split('/').map(encodeURIComponent).join('/');
  const api = apiUrl(request.state, repository);
  const web = webUrl(request.state, repository);
  const self = `${api}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${api}/git/${entry.type === 'dir' ? 'trees' : 'blobs'}/${entry.sha}`;
  const html = `${web}/${entry.type === 'dir' ? 'tree' : 'blob'}/${ref}/${path}`;
  return {
    name: entry.path.split('/').at(-1) ?? '',
    path: entry.path,
    sha: entry.sha,
    size: entry.size,
    url: self,
    html_url: html,
    git_url: git,
    download_url: entry.type === 'dir' ? null : `${web}/raw/${ref}/${path}`,
    type: entry.type,
    _links: { self, git, html },
  };
}

/** GitHub breaks base64 into lines of sixty characters. */
function wrapped(base64: string): string {
  return base64.replaceAll(/.{1,60}/g, '$&\n');
}
