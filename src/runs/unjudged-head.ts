import type { GitHub } from '../ports/github.ts';
import { unjudgedChecks } from '../publish/combine-checks.ts';
import { upsertChecks } from '../publish/report.ts';

/**
 * The checks on a head that was pushed when nobody was left to judge it. What a run of its own said there
 * already stays.
 *
 * @param isOurs True where one of the runs opened the pull request: then its gate is closed.
 */
export async function reportUnjudgedHead(
  github: GitHub,
  headSha: string,
  runIds: readonly string[],
  isOurs: boolean,
): Promise<void> {
  const present = await github.listChecks(headSha);
  const { appId } = github.identity;
  if (present.some((check) => check.name === 'muster/gate' && check.appId === appId)) return;
  await upsertChecks(github, headSha, unjudgedChecks(runIds, isOurs));
}
