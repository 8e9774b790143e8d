import { digestOf } from '../domain/digest.ts';
import type { RunView } from '../domain/run-view.ts';
import type { RunState } from '../domain/run.ts';
import { filesOfChanges, filesOfDiff, findQuoted, type HeadFile } from '../publish/quoted-lines.ts';
import type { Session } from './session.ts';

/** States in which the head's verdict is still to come. */
const BEFORE_VERDICT: ReadonlySet<RunState> = new Set(['queued', 'working', 'judging']);

/** Finds the lines of the run's head that the judge quotes, once for a head and verdict, and puts them in the view. */
export async function locateQuotes(session: Session, view: RunView): Promise<RunView> {
  const { headSha, verdict } = view;
  if (headSha === null || verdict?.kind !== 'scored' || BEFORE_VERDICT.has(view.run.state)) return view;
  const of = digestOf({ headSha, criteria: verdict.criteria });
  if (view.quotes?.of === of) return view;
  const files = await filesOfHead(session, view);
  const lines = verdict.criteria.flatMap(({ name, evidence }) => {
    const found = findQuoted(evidence, files);
    return found === null ? [] : [{ criterion: name, ...found }];
  });
  const quotes = { headSha, of, lines };
  session.show({ quotes });
  return { ...view, quotes };
}

/** The run's own commit is in its record; of a person's head the diff is what was judged. */
async function filesOfHead(session: Session, view: RunView): Promise<HeadFile[]> {
  const { pullRequest, headSha, proposals } = view;
  if (pullRequest?.headSha === headSha) {
    const changes = proposals.flatMap((proposal) =>
      proposal.kind === 'pull_request' ? proposal.changes : [],
    );
    return filesOfChanges(changes);
  }
  const number = pullRequest?.number ?? session.run.request.subject.number;
  return filesOfDiff(await session.github.listPullRequestFiles(number));
}
