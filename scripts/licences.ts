import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const Manifest = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });

/** The licences of every package that these bundled modules come from, by name: bundling them is copying them. */
export async function collectLicences(modules: readonly string[]): Promise<string> {
  const folders = new Set(modules.flatMap((id) => packageFolder(id) ?? []));
  const notices = await Promise.all([...folders].map(noticeOf));
  return notices.sort().join('\n');
}

/** `…/node_modules/<name>` of a file in it; null for our own files and the bundler's. */
function packageFolder(id: string): string | null {
  return /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replace(/^\0/, ''))?.[1] ?? null;
}

async function noticeOf(folder: string): Promise<string> {
  const manifest = Manifest.parse(JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')));
  const file = (await readdir(folder)).find((name) => /^(licen[cs]e|copying)/i.test(name));
  const text = file === undefined ? '' : await readFile(path.join(folder, file), 'utf8');
  return `${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})\n\n${text.trim()}\n\n`;
}
