import { MusterError } from '../../domain/errors.ts';
import type { CheckRun } from '../../simulator/check-model.ts';
import type { SampleWorld } from '../../simulator/sample/world.ts';
import { systemClock } from '../clock.ts';

/** What GitHub shows of a run at one moment. */
export interface Seen {
  issue: number;
  comment: string | null;
  pullRequest: { number: number; title: string; headSha: string; isVerified: boolean; diff: string } | null;
  isReady: boolean;
  checks: { name: string; status: string; conclusion: string | null; title: string }[];
}

const POLL_MS = 100;

/**
 * Looks at the simulated GitHub, as a person would reload a page, until the run waits or has ended; tells each
 * change of the tracking comment's first line on the way. Throws `demo_failed` after `giveUpMs`.
 */
export async function watchRun(
  world: SampleWorld,
  issue: number,
  giveUpMs: number,
  tell: (line: string) => void,
  until: 'waits' | 'ended' = 'waits',
): Promise<Seen> {
  const giveUpAt = Date.now() + giveUpMs;
  let told = '';
  for (;;) {
    const comment = trackingComment(world, issue);
    const state = stateLine(comment ?? '');
    if (state !== '' && state !== told) tell(state);
    told = state;
    const hasEnded = /\b(done|failed|rejected|cancelled|expired|refused)\b/i.test(state);
    if (hasEnded || (until === 'waits' && /\bwaiting\b/i.test(state))) return look(world, issue);

    if (Date.now() > giveUpAt)
      throw new MusterError('demo_failed', `The run did not get on in time: ${state}`);
    await systemClock.sleep(POLL_MS);
  }
}

function trackingComment(world: SampleWorld, issue: number): string | null {
  const { issues } = world.repository;
  const comments = issues.get(issue)?.comments ?? [];
  return comments.find((comment) => comment.body.includes('<!-- muster:run='))?.body ?? null;
}

/** The line that names the state, without its Markdown. */
function stateLine(comment: string): string {
  const line = comment.split('\n').find((row) => row.trim() !== '') ?? '';
  return line.replaceAll(/[#*`]/g, '').trim();
}

async function look(world: SampleWorld, issue: number): Promise<Seen> {
  const { repository } = world;
  const pull = [...repository.issues.values()].find((candidate) => candidate.pull !== null);
  const headSha = pull?.pull?.head.sha ?? null;
  const compared = headSha === null ? null : await repository.git.compare(repository.defaultBranch, headSha);
  return {
    issue,
    comment:
      trackingComment(world, issue)
        ?.replaceAll(/<!--[\s\S]*?-->/g, '')
        .trim() ?? null,
    pullRequest:
      pull === undefined || headSha === null
        ? null
        : {
            number: pull.number,
            title: pull.title,
            headSha,
            isVerified: repository.verifiedCommits.has(headSha),
            diff: (compared?.files ?? []).map((file) => `${file.path}\n${file.patch ?? ''}`).join('\n'),
          },
    isReady: pull?.pull?.isDraft === false,
    checks: newestChecks(repository.checkRuns.filter((check) => check.headSha === headSha)),
  };
}

function newestChecks(checks: readonly CheckRun[]): Seen['checks'] {
  const byName = new Map(checks.map((check) => [check.name, check]));
  return [...byName.values()].map((check) => ({
    name: check.name,
    status: check.status,
    conclusion: check.conclusion,
    title: check.output.title ?? '',
  }));
}
