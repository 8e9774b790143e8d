import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { webUrlOf } from '../../adapters/octokit/api-url.ts';
import type { Log } from '../../ports/log.ts';
import type { AppCredentials } from '../credentials.ts';
import { convertManifest, type RegisteredApp } from './app-conversion.ts';
import { WEBHOOK_PATH } from './front.ts';
import { createManifest } from './manifest.ts';
import { donePage, type Page, problemPage, registerPage, tokenPage } from './setup-page.ts';

export interface SetupOptions {
  /** Normalised: `Environment.githubApiUrl`. */
  apiUrl: string;
  /** Keeps the credentials; the page closes itself once it resolves. */
  store(credentials: AppCredentials): Promise<void>;
  log: Log;
}

export interface Setup {
  /** The one-time token, for the log's link `/setup?token=…`. */
  readonly token: string;
  /** For the front; false for paths that are not the set-up's. */
  pages(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

/** States that were handed out and not used; older ones give way, so that reloading stays possible. */
const MAX_STATES = 20;

/**
 * The page that registers the App while there are no credentials (GitHub's manifest flow). Whoever opens it
 * first must hold the token of the log; each form carries a state that GitHub brings back and that counts
 * once; after the registration every address of it answers 410.
 */
export function createSetup({ apiUrl, store, log }: SetupOptions): Setup {
  const token = secret();
  const states: string[] = [];
  let isClosed = false;

  const showForm = (query: URLSearchParams, request: IncomingMessage): Page => {
    if (!equals(query.get('token') ?? '', token)) return tokenPage(query.has('token'));
    const publicUrl = originOf(query.get('url')) ?? addressOf(request);
    const organisation = (query.get('org') ?? '').trim();
    if (organisation !== '' && !/^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/.test(organisation)) {
      return problemPage(
        400,
        'No such organisation',
        'An organisation is named as in its URL.',
        startUrl(token),
      );
    }
    const state = secret();
    states.push(state);
    if (states.length > MAX_STATES) states.shift();
    const owner = organisation === '' ? '' : `/organizations/${organisation}`;
    const registerUrl = `${webUrlOf(apiUrl)}${owner}/settings/apps/new?state=${state}`;
    // Names are unique on all of GitHub.
    const manifest = createManifest(`Muster ${randomBytes(3).toString('hex')}`, publicUrl, WEBHOOK_PATH);
    return registerPage({ token, organisation, publicUrl }, manifest, registerUrl);
  };

  const finish = async (query: URLSearchParams): Promise<Page> => {
    const given = query.get('state') ?? '';
    const index = states.findIndex((state) => equals(given, state));
    const code = query.get('code') ?? '';
    if (index === -1 || !/^[\w-]{1,255}$/.test(code)) {
      return problemPage(
        403,
        'That link is not valid',
        'Open the set-up link of the server’s log again.',
        null,
      );
    }
    states.splice(index, 1);
    const app = await register(apiUrl, code, log);
    if (app === null) {
      const words = 'GitHub did not hand over the App’s credentials; its code lasts one hour and works once.';
      return problemPage(502, 'GitHub did not answer', words, startUrl(token));
    }
    if (isClosed) return closedPage();
    isClosed = true;
    try {
      await store(app.credentials);
    } catch (error) {
      isClosed = false;
      log.error('credentials not stored', { error });
      const words = `The data directory can’t be written (see the log). Delete ${app.name} on GitHub, then start again.`;
      return problemPage(500, 'The credentials could not be stored', words, startUrl(token));
    }
    log.info('app registered', { appId: app.credentials.appId, url: app.url });
    return donePage(app.name, `${app.url}/installations/new`);
  };

  return {
    token,
    async pages(request, response) {
      const url = URL.parse(request.url ?? '/', 'http://setup.invalid');
      const isOurs = url !== null && ['/', '/setup', '/setup/callback'].includes(url.pathname);
      if (!isOurs || (isClosed && url.pathname === '/')) return false;
      if (request.method !== 'GET' && request.method !== 'HEAD') return false;
      if (isClosed) send(response, closedPage());
      else if (url.pathname === '/') send(response, tokenPage(false));
      else if (url.pathname === '/setup') send(response, showForm(url.searchParams, request));
      else if (request.method === 'GET') send(response, await finish(url.searchParams));
      else send(response, tokenPage(false));
      return true;
    },
  };
}

async function register(apiUrl: string, code: string, log: Log): Promise<RegisteredApp | null> {
  try {
    return await convertManifest(apiUrl, code);
  } catch (error) {
    log.warn('app not registered', { error });
    return null;
  }
}

function closedPage(): Page {
  return problemPage(410, 'Already set up', 'This server has its App. The set-up page is closed.', null);
}

function send(response: ServerResponse, page: Page): void {
  response
    .writeHead(page.status, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': Buffer.byteLength(page.html),
      'content-security-policy': page.contentSecurityPolicy,
      'cache-control': 'no-store',
      // The address holds the token.
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .end(page.html);
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

/** Constant time, for texts of any length. */
function equals(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function startUrl(token: string): string {
  return `/setup?token=${token}`;
}

function originOf(text: string | null): string | null {
  const url = text === null ? null : URL.parse(text.trim());
  return url !== null && ['http:', 'https:'].includes(url.protocol) ? url.origin : null;
}

/** How the browser reached us: a guess for the form, which the person sees and may correct. */
function addressOf({ headers }: IncomingMessage): string {
  const protocol = headers['x-forwarded-proto'] === 'https' ? 'https' : 'http';
  return originOf(`${protocol}://${headers.host ?? ''}`) ?? 'http://localhost';
}
