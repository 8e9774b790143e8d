import { readFileSync } from 'node:fs';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import type { CheckRun } from '../../src/simulator/check-model.ts';

export type Theme = 'light' | 'dark';

const STYLES: Record<Theme, string> = {
  light: import.meta.resolve('github-markdown-css/github-markdown-light.css'),
  dark: import.meta.resolve('github-markdown-css/github-markdown-dark.css'),
};

/** Around the Markdown only; the Markdown itself is in GitHub's own style. */
const FRAMES: Record<Theme, string> = {
  light: '--border: #d1d9e0; --muted: #59636e; --head: #f6f8fa; --page: #fff; --ink: #1f2328;',
  dark: '--border: #3d444d; --muted: #9198a1; --head: #151b23; --page: #0d1117; --ink: #f0f6fc;',
};

const FRAME = `
  * { box-sizing: border-box }
  body { margin: 0; padding: 12px; background: var(--page); color: var(--ink); font: 14px/1.5 sans-serif }
  .box { border: 1px solid var(--border); border-radius: 6px; margin-bottom: 12px; overflow: hidden }
  .head { background: var(--head); border-bottom: 1px solid var(--border); padding: 8px 12px; color: var(--muted) }
  .head b { color: var(--ink) }
  .head button { margin: 6px 6px 0 0; padding: 3px 10px; border: 1px solid var(--border); border-radius: 6px;
    background: var(--page); color: var(--ink); font: inherit }
  .markdown-body { padding: 12px; font-size: 14px }
  .markdown-body .contains-task-list, .markdown-body ul:has(> li > input) { list-style: none; padding-left: 1.2em }
  .note { border-top: 1px solid var(--border); padding: 8px 12px; font-size: 13px }
  .note code { font-size: 12px; color: var(--muted) }
`;

/** A page with a comment of ours on it. */
export function commentPage(body: string, theme: Theme): string {
  return page(
    theme,
    `<div class="box"><div class="head"><b>muster</b> bot commented</div>${markdown(body)}</div>`,
  );
}

/** A page with checks as GitHub shows them: title and buttons, summary, annotations. */
export function checksPage(checks: readonly CheckRun[], theme: Theme): string {
  return page(theme, checks.map(checkBox).join(''));
}

function checkBox({ name, status, conclusion, output, actions, annotations }: CheckRun): string {
  const buttons = actions.map(({ label }) => `<button>${escape(label)}</button>`).join('');
  const notes = annotations.map(
    ({ path, start_line, title, message }) =>
      `<div class="note"><code>${escape(path)}#L${start_line}</code><br><b>${escape(title ?? '')}</b><br>${escape(message)}</div>`,
  );
  const head = `<b>${escape(name)}</b> ${conclusion ?? status}<br>${escape(output.title ?? '')}<br>${buttons}`;
  return `<div class="box"><div class="head">${head}</div>${markdown(output.summary ?? '')}${notes.join('')}</div>`;
}

function markdown(text: string): string {
  const html = micromark(text, {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  return `<div class="markdown-body">${html}</div>`;
}

function page(theme: Theme, body: string): string {
  const css = `${readFileSync(new URL(STYLES[theme]), 'utf8')} :root { ${FRAMES[theme]} } ${FRAME}`;
  return `<!doctype html><meta charset="utf-8"><style>${css}</style><body>${body}`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
