import { applyEdits, isWithin, untilStable, type Range } from './edits.ts';

/** What may stand between a closing keyword and its issue, markup included. */
const GAP = String.raw`(?:[\s:\\*_~\[<>]|&nbsp;|</?[a-z][^<>]{0,80}>){1,24}`;
const REFERENCE = String.raw`(?:(?<own>#|GH-)(?<number>\d+)|[\w.-]+/[\w.-]+#\d+|https?://[^\s/]+/[\w.-]+/[\w.-]+/(?:issues|pull|discussions)/\d+)`;
const CLOSING = new RegExp(
  String.raw`(?<![\w-])(?<keyword>close[sd]?|fix(?:e[sd])?|resolve[sd]?)(?<gap>${GAP})(?=${REFERENCE})`,
  'gi',
);

const CI =
  'ci|cd|actions?|checks?|builds?|tests?|deploys?|previews?|pages|pipelines?|workflows?|travis|circle(?:ci)?|appveyor|azure\\w*|azp\\w*|azdo|netlify|vercel|render|cirrus|buddy|semaphore|drone|woodpecker|gitlab|jenkins|teamcity|buildkite|codebuild|cf';
const SKIP_WORD = new RegExp(
  String.raw`\[[ \t]*((?:skip|no)[ \t_-]+(?:${CI})|(?:${CI})[ \t_-]+skip)[ \t]*\]`,
  'gi',
);

const TRAILER = /^[ \t>]*(?:[a-z]+(?:-[a-z]+)*-by|skip-checks|change-id|muster-[\w-]*)[ \t]*:.*$\n?/gim;

/**
 * A commit message, or a title that becomes one, without the power to close other issues, to skip CI, to sign for
 * people, or to mention them. Commit messages know no code: everything is read raw. Idempotent.
 */
export function neutraliseCommitMessage(
  message: string,
  options: { subjectNumber: number | null; allowMentions: readonly string[] },
): string {
  return untilStable(message, (current) => {
    const quiet = dropTrailers(rewordSkipCi(rewordClosing(current, options.subjectNumber)));
    // A word joiner: nothing is shown, and `@name` is no mention any more.
    return quiet.replace(/(?<![A-Za-z0-9_])@(?=[A-Za-z0-9])/g, (mark, at: number) =>
      isAllowedMention(quiet.slice(at + 1), options.allowMentions) ? mark : '@\u2060',
    );
  });
}

/** `Refs #9` for `Fixes #9`, for every issue but the subject, outside the ranges given. */
export function rewordClosing(
  text: string,
  subjectNumber: number | null,
  except: readonly Range[] = [],
): string {
  const edits = [...text.matchAll(CLOSING)].flatMap((match) => {
    const keyword = match.groups?.keyword ?? '';
    const rest = text.slice(match.index + match[0].length);
    const reference = new RegExp(`^${REFERENCE}`, 'i').exec(rest);
    const isSubject = subjectNumber !== null && Number(reference?.groups?.number) === subjectNumber;
    if (isSubject || isWithin(except, match.index)) return [];
    const replacement = keyword[0] === keyword[0]?.toUpperCase() ? 'Refs' : 'refs';
    return [{ start: match.index, end: match.index + keyword.length, replacement }];
  });
  return applyEdits(text, edits);
}

/** `(skip ci)` for `[skip ci]`, and the like: the words stay, CI runs. */
export function rewordSkipCi(text: string): string {
  return text.replace(SKIP_WORD, '($1)').replace(/\*{3}\s*NO_CI\s*\*{3}/gi, 'NO_CI');
}

/** Without lines that speak for people or for tools: `Signed-off-by`, `Co-authored-by`, `skip-checks`, our own. */
export function dropTrailers(text: string): string {
  return text.replace(TRAILER, '');
}

/** True when the text begins with one of the logins, and with no longer name or team. */
export function isAllowedMention(text: string, allowed: readonly string[]): boolean {
  const name = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?![\w/-])/.exec(text)?.[0].toLowerCase();
  return name !== undefined && allowed.some((login) => login.toLowerCase() === name);
}
