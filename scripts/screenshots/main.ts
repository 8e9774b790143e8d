import { mkdir, writeFile } from 'node:fs/promises';
import { sampleRepository } from '../../src/simulator/sample/sample.ts';
import { sampleCassette } from '../../src/simulator/sample/world.ts';
import type { CheckRun } from '../../src/simulator/check-model.ts';
import { openScene, REPOSITORY, type Scene } from '../../test/e2e/support/scene.ts';
import { openChromium } from './chromium.ts';
import { checksPage, commentPage } from './page.ts';

/*
 * `npm run screenshots`: plays the demo's story against the simulated GitHub, and takes pictures of what Muster wrote
 * there, in GitHub's own Markdown style.
 */

const FOLDER = new URL('../../docs/images/', import.meta.url);
const DESKTOP = 830;
const PHONE = 390;

interface Shown {
  comment: string;
  checks: CheckRun[];
}

const { waiting, done, failed } = await playStory();
const chromium = await openChromium();
try {
  await mkdir(FOLDER, { recursive: true });
  const opened = waiting.comment.replace('<details>', '<details open>');
  await take('comment-waiting', commentPage(opened, 'light'), DESKTOP);
  await take('comment-waiting-dark', commentPage(opened, 'dark'), DESKTOP);
  await take('comment-waiting-phone', commentPage(waiting.comment, 'light'), PHONE);
  await take('comment-waiting-phone-dark', commentPage(waiting.comment, 'dark'), PHONE);
  for (const [name, shown] of Object.entries({ done, failed })) {
    await take(`comment-${name}`, commentPage(shown.comment, 'light'), DESKTOP);
    await take(`comment-${name}-phone`, commentPage(shown.comment, 'light'), PHONE);
  }
  for (const check of waiting.checks) {
    const name = check.name.replace('muster/', 'check-');
    await take(name, checksPage([check], 'light'), DESKTOP);
    await take(`${name}-phone`, checksPage([check], 'light'), PHONE);
  }
} finally {
  await chromium.close();
}

async function take(name: string, html: string, width: number): Promise<void> {
  const png = await chromium.picture(html, width);
  await writeFile(new URL(`${name}.png`, FOLDER), png);
  console.log(`${name}.png ${Math.ceil(png.length / 1000)} kB`);
}

async function playStory(): Promise<Record<'waiting' | 'done' | 'failed', Shown>> {
  const scene = await openScene({ cassette: sampleCassette() });
  try {
    const issue = await labelled(scene);
    await scene.reaches(issue, 'waiting');
    const waiting = structuredClone(shownOn(scene, issue));
    scene.simulator.as('grace').comment(REPOSITORY, issue, '/approve');
    await scene.reaches(issue, 'done');
    const done = shownOn(scene, issue);
    scene.simulator.faults.add({ method: 'POST', path: /\/pulls$/, times: 1, kind: 'status', status: 403 });
    const refused = await labelled(scene);
    await scene.reaches(refused, 'failed');
    return { waiting, done, failed: shownOn(scene, refused) };
  } finally {
    await scene.close();
  }
}

async function labelled({ simulator }: Scene): Promise<number> {
  const ada = simulator.as('ada');
  const { number } = await ada.openIssue(REPOSITORY, sampleRepository().issue);
  await ada.label(REPOSITORY, number, 'agent:bug-root-cause-analyzer');
  return number;
}

function shownOn(scene: Scene, issue: number): Shown {
  const head = scene.pullRequestOf(issue)?.pull?.head.sha;
  const names = ['muster/judge', 'muster/cost', 'muster/gate'];
  return {
    comment: scene.tracking(issue)?.body ?? '',
    checks: head === undefined ? [] : names.flatMap((name) => scene.check(head, name) ?? []),
  };
}
