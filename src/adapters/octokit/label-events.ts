import type { LabelEventFacts } from '../../ports/github.ts';
import { toActor } from './actor.ts';
import type { Octokit } from './client.ts';
import { type Connection, PAGE_SIZE } from './connection.ts';

const MAX_PAGES = 30;

type EventsAnswer = Awaited<ReturnType<Octokit['rest']['issues']['listEvents']>>;
type IssueEvent = EventsAnswer['data'][number];

/**
 * The newest `labeled` event of a label, or null. GitHub lists an issue's events oldest first, so the pages
 * are read from the last one back, at most 3,000 events. Labels are compared as GitHub does: without case.
 */
export async function lastLabelEvent(
  { octokit, repository }: Connection,
  number: number,
  label: string,
): Promise<LabelEventFacts | null> {
  const where = { ...(await repository.name()), issue_number: number, per_page: PAGE_SIZE };
  const first = await octokit.rest.issues.listEvents(where);
  const lastPage = lastPageOf(first.headers.link);
  for (let page = lastPage; page > Math.max(1, lastPage - MAX_PAGES + 1); page -= 1) {
    const answer = await octokit.rest.issues.listEvents({ ...where, page });
    const found = newestOf(answer.data, label);
    if (found !== null) return found;
  }
  return newestOf(first.data, label);
}

function newestOf(events: IssueEvent[], label: string): LabelEventFacts | null {
  const wanted = label.toLowerCase();
  const found = events.findLast(
    (event) => event.event === 'labeled' && 'label' in event && event.label?.name?.toLowerCase() === wanted,
  );
  if (found === undefined) return null;
  return { id: found.id, actor: toActor(found.actor), createdAt: found.created_at };
}

function lastPageOf(link: string | undefined): number {
  const url = /<([^>]+)>;\s*rel="last"/.exec(link ?? '')?.[1];
  return Number(URL.parse(url ?? '')?.searchParams.get('page') ?? 1) || 1;
}
