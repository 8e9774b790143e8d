import type { GitHub, IssueFacts } from '../ports/github.ts';
import { codeSpan } from './markdown.ts';
import { isMarkedByUs, scheduleMarker } from './markers.ts';

type IssueApi = Pick<GitHub, 'identity' | 'getIssue' | 'listIssuesBy' | 'createIssue'>;

/** The issue may be as old as the repository. */
const BEGINNING = '1970-01-01T00:00:00Z';

/**
 * The issue that a scheduled agent works for, made where there is none: a run needs a place to be seen, and a
 * schedule brings none. Found by its known number, else by its marker; a person may close or rename it.
 */
export async function scheduleIssue(
  github: IssueApi,
  { agent, knownNumber }: { agent: string; knownNumber: number | null },
): Promise<IssueFacts> {
  const known = knownNumber === null ? null : await github.getIssue(knownNumber);
  if (known !== null) return known;
  const marker = scheduleMarker(agent);
  const own = await github.listIssuesBy(github.identity.login, BEGINNING);
  const found = own.find((issue) => isMarkedByUs(issue, github.identity, marker));
  return found ?? github.createIssue(`muster: ${agent}`, bodyOf(agent, marker), []);
}

function bodyOf(agent: string, marker: string): string {
  return [
    `The agent ${codeSpan(agent)} runs on a schedule, and this issue is where it works: each run has its comment here.`,
    'To stop it, take `on.schedule` out of the agent file, or switch the agent off in `.github/muster.yml`.',
    '<sub>Automated by Muster.</sub>',
    marker,
  ].join('\n\n');
}
