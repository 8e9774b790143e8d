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

/**
 * The page that registers the App while there are no credentials (GitHub's manifest flow). Whoever opens it
 * must hold the token of the log; each form carries a state that GitHub brings back and that counts once;
 * after the registration every address of it answers 410.
 */
export function createSetup(options: SetupOptions): Setup {
  const token = secret();
  const states = createStates();
  let isClosed = false;

  const finish = async (query: URLSearchParams): Promise<Page> => {
    const code = query.get('code') ?? '';
    if (!/^[\w-]{1,255}$/.test(code) || !states.redeem(query.get('state') ?? '')) {
      return problemPage(
        403,
        'That link is not valid',
        'Open the set-up link of the server’s log again.',
        null,
      );
    }
    const app = await register(options, code);
    if (app === null) {
      const words = 'GitHub did not hand over the App’s credentials; its code lasts one hour and works once.';
      return problemPage(502, 'GitHub did not answer', words, startUrl(token));
    }
    if (isClosed) return closedPage();
    isClosed = true;
    const isStored = await store(options, app);
    if (isStored) return donePage(app.name, `${app.url}/installations/new`);
    isClosed = false;
    const words = `The data directory can’t be written (see the log). Delete ${app.name} on GitHub, then start again.`;
    return problemPage(500, 'The credentials could not be stored', words, startUrl(token));
  };

  const pageAt = async (url: URL, request: IncomingMessage): Promise<Page> => {
    if (isClosed) return closedPage();
    if (url.pathname === '/setup/callback') return finish(url.searchParams);
    const given = url.searchParams.get('token');
    if (url.pathname === '/' || given === null) return tokenPage(false);
    if (!equals(given, token)) return tokenPage(true);
    return formPage(url.searchParams, { token, state: states.issue(), apiUrl: options.apiUrl, request });
  };

  return {
    token,
    async pages(request, response) {
      const url = URL.parse(request.url ?? '/', 'http://setup.invalid');
      const paths = isClosed ? ['/setup', '/setup/callback'] : ['/', '/setup', '/setup/callback'];
      if (url === null || !paths.includes(url.pathname)) return false;
      // Looking at the callback's head must not spend its code.
      const isRead = request.method === 'HEAD' && url.pathname !== '/setup/callback';
      if (request.method !== 'GET' && !isRead) return false;
      send(response, await pageAt(url, request));
      return true;
    },
  };
}

function formPage(
  query: URLSearchParams,
  about: { token: string; state: string; apiUrl: string; request: IncomingMessage },
): Page {
  const { token, state, apiUrl, request } = about;
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
  const owner = organisation === '' ? '' : `/organizations/${organisation}`;
  const registerUrl = `${webUrlOf(apiUrl)}${owner}/settings/apps/new?state=${state}`;
  // The name is unique on all of GitHub.
  const manifest = createManifest(`Muster ${randomBytes(3).toString('hex')}`, publicUrl, WEBHOOK_PATH);
  return registerPage({ token, organisation, publicUrl }, manifest, registerUrl);
}

/** States that were handed out and not used; older ones give way, so that a page can be loaded again. */
const MAX_STATES = 20;

function createStates(): { issue(): string; redeem(state: string): boolean } {
  const open: string[] = [];
  return {
    issue() {
      const state = secret();
      open.push(state);
      if (open.length > MAX_STATES) open.shift();
      return state;
    },
    redeem(state) {
      const index = open.findIndex((known) => equals(state, known));
      if (index !== -1) open.splice(index, 1);
      return index !== -1;
    },
  };
}

async function register({ apiUrl, log }: Pick<SetupOptions, 'apiUrl' | 'log'>, code: string) {
  try {
    return await convertManifest(apiUrl, code);
  } catch (error) {
    log.warn('app not registered', { error });
    return null;
  }
}

async function store(options: SetupOptions, app: RegisteredApp): Promise<boolean> {
  try {
    await options.store(app.credentials);
    options.log.info('app registered', { appId: app.credentials.appId, url: app.url });
    return true;
  } catch (error) {
    options.log.error('credentials not stored', { error });
    return false;
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
  const protocol = String(headers['x-forwarded-proto']).startsWith('https') ? 'https' : 'http';
  return originOf(`${protocol}://${headers.host ?? ''}`) ?? 'http://localhost';
}
