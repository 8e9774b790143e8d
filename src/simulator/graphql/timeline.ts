import type { Issue, IssueEvent } from '../model.ts';
import { accountFields } from './accounts.ts';
import { connection } from './connection.ts';
import type { Fields, GraphqlContext } from './context.ts';
import { refusal } from './errors.ts';

interface TimelineArguments {
  itemTypes?: string[] | null;
  since?: string | null;
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
}

/** Events of the history by GitHub's names for them, with the types that GraphQL gives them. */
const TYPES: Record<string, string> = {
  labeled: 'LabeledEvent',
  unlabeled: 'UnlabeledEvent',
  assigned: 'AssignedEvent',
  unassigned: 'UnassignedEvent',
  closed: 'ClosedEvent',
  reopened: 'ReopenedEvent',
  ready_for_review: 'ReadyForReviewEvent',
  convert_to_draft: 'ConvertToDraftEvent',
  comment_deleted: 'CommentDeletedEvent',
};

/** `timelineItems` of an issue or pull request: of its events only, so that `itemTypes` has to say which. */
export function timelineItems(context: GraphqlContext, issue: Issue): (page: TimelineArguments) => Fields {
  return (page) => {
    const wanted = page.itemTypes ?? [];
    const known = new Map(Object.keys(TYPES).map((event) => [`${event.toUpperCase()}_EVENT`, event]));
    const missing = wanted.find((type) => !known.has(type)) ?? (wanted.length === 0 ? 'every type' : null);
    if (missing !== null) throw refusal('UNPROCESSABLE', `The simulator has no timeline of ${missing}`);
    const events = new Set(wanted.map((type) => known.get(type)));
    const since = Date.parse(page.since ?? '1970-01-01T00:00:00Z');
    const items = issue.events.filter(
      ({ event, createdAt }) => events.has(event) && Date.parse(createdAt) >= since,
    );
    return connection(
      'timelineItems',
      () => items,
      (event) => eventFields(context, event),
    )(page);
  };
}

function eventFields(context: GraphqlContext, event: IssueEvent): Fields {
  const { label, assignee, deletedAuthor } = event;
  return {
    __typename: TYPES[event.event],
    id: event.nodeId,
    createdAt: event.createdAt,
    actor: accountFields(context, event.actor),
    ...(label === undefined ? {} : { label: { name: label.name, color: label.color } }),
    ...(assignee === undefined ? {} : { assignee: accountFields(context, assignee) }),
    ...(deletedAuthor === undefined ? {} : { deletedCommentAuthor: accountFields(context, deletedAuthor) }),
  };
}
