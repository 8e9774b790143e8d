import type { GitHub } from '../ports/github.ts';
import { unjudgedChecks } from '../publish/combine-checks.ts';
import { upsertChecks } from '../publish/report.ts';
import type { Engine } from './engine.ts';
import { viewsOnHead } from './head-checks.ts';

/**
 * The checks on a head that was pushed when nobody was left to judge it. What a run that works on it, or did,
 * says there stays; that nothing waits there, as said before anyone's run had it, does not.
 *
 * @param isOurs True where one of the runs opened the pull request: then its gate is closed.
 */
export async function reportUnjudgedHead(
  engine: Engine,
  github: GitHub,
  headSha: string,
  runIds: readonly string[],
  isOurs: boolean,
): Promise<void> {
  if ((await viewsOnHead(engine, github.tenant.id, headSha)).length > 0) return;
  await upsertChecks(github, headSha, unjudgedChecks(runIds, isOurs));
}
