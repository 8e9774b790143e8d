import { createHash } from 'node:crypto';
import type { Manifest } from './manifest.ts';

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --accent: #1f6feb; }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 38rem; margin: 12vh auto 4rem; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
form { border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.5rem; margin: 1.5rem 0; }
label { display: block; font-weight: 600; margin: 0.75rem 0 0.25rem; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: 0.5rem 0.75rem; border: 1px solid var(--line); border-radius: 8px; }
small { display: block; opacity: 0.75; }
button, .button { font: inherit; font-weight: 600; display: inline-block; margin-top: 1rem; padding: 0.55rem 1.1rem; border: 1px solid var(--accent); border-radius: 8px; background: var(--accent); color: #fff; text-decoration: none; cursor: pointer; }
button.quiet { background: none; color: inherit; border-color: var(--line); }
code { font: 0.9em ui-monospace, monospace; overflow-wrap: anywhere; }
[role='alert'] { border-left: 4px solid #d1242f; padding-left: 1rem; }
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** A whole page, and the policy that it is served under: no script, no frame, forms to us and GitHub only. */
export interface Page {
  status: number;
  html: string;
  contentSecurityPolicy: string;
}

/** Asks for the token of the log; `isRefused` where the one that came was not it. */
export function tokenPage(isRefused: boolean): Page {
  const alert = isRefused ? '<p role="alert">That is not the token of this server’s log.</p>' : '';
  return page(
    isRefused ? 403 : 200,
    'Muster is not set up yet',
    `<p>This server has no GitHub App. Its log shows a set-up link with a one-time token; open that link, or
    paste the token here.</p>${alert}
    <form action="/setup" method="get">
      <label for="token">Token</label>
      <input id="token" name="token" type="password" autocomplete="off" required>
      <button>Continue</button>
    </form>`,
  );
}

/** What the person may choose before GitHub is asked. */
export interface SetupChoices {
  token: string;
  organisation: string;
  publicUrl: string;
}

/** The manifest's form, which posts to GitHub, and one to change where the App will live. */
export function registerPage(choices: SetupChoices, manifest: Manifest, registerUrl: string): Page {
  const owner = choices.organisation === '' ? 'your own account' : `the organisation ${choices.organisation}`;
  return page(
    200,
    'Register the GitHub App',
    `<p>GitHub will show the App’s name and permissions, and send you back here. The App will belong to
    <strong>${escape(owner)}</strong>, and GitHub will deliver to <code>${escape(manifest.hook_attributes.url)}</code>.</p>
    <form action="${escape(registerUrl)}" method="post">
      <input type="hidden" name="manifest" value="${escape(JSON.stringify(manifest))}">
      <button>Register on GitHub</button>
      <small>The name can be changed on GitHub’s page.</small>
    </form>
    <form action="/setup" method="get">
      <input type="hidden" name="token" value="${escape(choices.token)}">
      <label for="org">Organisation</label>
      <input id="org" name="org" value="${escape(choices.organisation)}" placeholder="empty: your own account">
      <label for="url">Address at which GitHub reaches this server</label>
      <input id="url" name="url" type="url" value="${escape(choices.publicUrl)}" required>
      <small>From the internet: GitHub refuses localhost.</small>
      <button class="quiet">Change</button>
    </form>`,
    new URL(registerUrl).origin,
  );
}

/** The end: what was registered, and what comes next. */
export function donePage(appName: string, installUrl: string): Page {
  return page(
    200,
    `${appName} is registered`,
    `<p>Its credentials are in this server’s data directory, readable by the server’s user only. This page is
    closed now.</p>
    <p>Next: choose the repositories that it works on, then put the label <code>agent:triager</code> on an issue.</p>
    <p><a class="button" href="${escape(installUrl)}">Install it on repositories</a></p>`,
  );
}

/** Something went wrong, in words that say what to do; `retryUrl` where trying again makes sense. */
export function problemPage(status: number, title: string, words: string, retryUrl: string | null): Page {
  const retry =
    retryUrl === null ? '' : `<p><a class="button" href="${escape(retryUrl)}">Start again</a></p>`;
  return page(status, title, `<p role="alert">${escape(words)}</p>${retry}`);
}

function page(status: number, title: string, body: string, formTarget = ''): Page {
  const policy = [
    `default-src 'none'`,
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action 'self' ${formTarget}`.trim(),
    `frame-ancestors 'none'`,
    `base-uri 'none'`,
  ];
  return {
    status,
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · Muster</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
${body}
</main>
</body>
</html>
`,
    contentSecurityPolicy: policy.join('; '),
  };
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
