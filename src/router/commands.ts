import { isAgentName } from '../domain/agent.ts';
import { usdToMicroUsd } from '../domain/money.ts';
import type { MicroUsd } from '../domain/money.ts';
import { isRunId } from '../domain/trigger.ts';
import { slashLines } from './command-lines.ts';

/** A command that moves or shows what is there. `runId: null` means the subject's only waiting run. */
export type ControlCommand =
  | { kind: 'approve'; runId: string | null; maxMicroUsd: MicroUsd | null }
  | { kind: 'reject'; runId: string | null; reason: string | null }
  | { kind: 'rework'; runId: string | null; request: string }
  | { kind: 'retry'; runId: string | null; node: string | null }
  | { kind: 'cancel'; runId: string | null }
  | { kind: 'agents' }
  | { kind: 'cost' }
  | { kind: 'remember'; fact: string }
  | { kind: 'forget'; noteId: string }
  | { kind: 'memory'; query: string | null }
  | { kind: 'help' };

/** `/agent` or `/flow`; the request is the text up to the next command line, null where there is none. */
export interface StartCommand {
  kind: 'agent' | 'flow';
  name: string;
  request: string | null;
}

/** A known command that can't be understood: why, and what would work. */
interface MalformedCommand {
  kind: 'malformed';
  why: string;
  works: string;
}

/** One command of a comment. `line` counts from 1. */
export type Command = (ControlCommand | StartCommand | MalformedCommand) & { line: number };

/** More commands than this in one text are answered with one refusal, not carried out. */
export const MAX_COMMANDS = 10;

type Unplaced = ControlCommand | StartCommand | MalformedCommand;
type Reader = (rest: string, following: string) => Unplaced;

/**
 * The commands of a new comment or review body, in order. A command starts its line with an ASCII slash
 * and a known word, outside code, quotes, HTML and comments as GitHub renders them; any other `/word` is
 * text. Never throws.
 */
export function parseCommands(text: string): Command[] {
  const normal = text.replaceAll(/\r\n?/g, '\n');
  const rows = normal.split('\n');
  const heads = slashLines(normal).flatMap((line) => {
    const match = /^\/([a-z]+)(?:[ \t]+(.*))?$/.exec((rows[line] ?? '').trimEnd());
    const word = match?.[1] ?? '';
    return isCommandWord(word) ? [{ line, word, rest: (match?.[2] ?? '').trim() }] : [];
  });
  const commands = heads.slice(0, MAX_COMMANDS).map(({ line, word, rest }, index) => {
    const following = rows.slice(line + 1, heads[index + 1]?.line).join('\n');
    return { ...READERS[word](rest, following), line: line + 1 };
  });
  const tooMany = heads[MAX_COMMANDS];
  if (tooMany === undefined) return commands;
  const why = `This comment has more than ${MAX_COMMANDS} commands.`;
  return [...commands, { ...malformed(why, 'Send the rest in another comment.'), line: tooMany.line + 1 }];
}

const READERS = {
  agent: (rest, following) => readStart('agent', rest, following),
  flow: (rest, following) => readStart('flow', rest, following),
  approve: readApprove,
  reject: (rest) => {
    const { runId, text } = splitRun(rest);
    return { kind: 'reject', runId, reason: text };
  },
  rework: (rest) => {
    const { runId, text } = splitRun(rest);
    if (text !== null) return { kind: 'rework', runId, request: text };
    return malformed(
      '`/rework` says nothing about what to change.',
      '`/rework <what to change>`, on one line',
    );
  },
  retry: readRetry,
  cancel: (rest) => {
    const { runId, text } = splitRun(rest);
    if (text === null) return { kind: 'cancel', runId };
    return malformed(`${quoted(text)} is no run.`, '`/cancel`, or `/cancel <run>`');
  },
  agents: (rest) => alone('agents', rest),
  cost: (rest) => alone('cost', rest),
  help: (rest) => alone('help', rest),
  remember: (rest) =>
    rest === ''
      ? malformed('`/remember` says nothing to remember.', '`/remember <fact>`, on one line')
      : { kind: 'remember', fact: rest },
  forget: (rest) =>
    /^[\w-]{1,64}$/.test(rest)
      ? { kind: 'forget', noteId: rest }
      : malformed('`/forget` needs the id of one note.', '`/forget <note>`; `/memory` lists the notes'),
  memory: (rest) => ({ kind: 'memory', query: rest === '' ? null : rest }),
} satisfies Record<string, Reader>;

function isCommandWord(word: string): word is keyof typeof READERS {
  return Object.hasOwn(READERS, word);
}

function readStart(kind: 'agent' | 'flow', rest: string, following: string): Unplaced {
  const [name = '', ...words] = rest.split(/[ \t]/);
  if (!isAgentName(name)) {
    const why = name === '' ? `\`/${kind}\` names no ${kind}.` : `${quoted(name)} can't be the name of one.`;
    return malformed(why, `\`/${kind} <name> [request]\`, in lower case; \`/agents\` lists the names`);
  }
  const request = `${words.join(' ')}\n${following}`.trim();
  return { kind, name, request: request === '' ? null : request };
}

function readApprove(rest: string): Unplaced {
  const works = '`/approve`, `/approve <run>`, or either with `max=$2`';
  let runId: string | null = null;
  let maxMicroUsd: MicroUsd | null = null;
  for (const word of rest.split(/[ \t]+/).filter((part) => part !== '')) {
    const amount = /^max=\$?(\d{1,6}(?:\.\d{1,6})?)$/.exec(word)?.[1];
    if (isRunId(word) && runId === null) runId = word;
    else if (amount !== undefined && Number(amount) > 0 && maxMicroUsd === null) {
      maxMicroUsd = usdToMicroUsd(Number(amount));
    } else
      return malformed(`${quoted(word)} is neither a run nor an amount, so nothing was approved.`, works);
  }
  return { kind: 'approve', runId, maxMicroUsd };
}

function readRetry(rest: string): Unplaced {
  const { runId, text: node } = splitRun(rest);
  if (node === null || /^[\w.-]{1,64}$/.test(node)) return { kind: 'retry', runId, node };
  return malformed(
    `${quoted(node)} is no node of a flow.`,
    '`/retry`, `/retry <run>`, `/retry [run] <node>`',
  );
}

function splitRun(rest: string): { runId: string | null; text: string | null } {
  const [first = ''] = rest.split(/[ \t]/, 1);
  if (!isRunId(first)) return { runId: null, text: rest === '' ? null : rest };
  const text = rest.slice(first.length).trim();
  return { runId: first, text: text === '' ? null : text };
}

function alone(kind: 'agents' | 'cost' | 'help', rest: string): Unplaced {
  return rest === '' ? { kind } : malformed(`\`/${kind}\` takes nothing after it.`, `\`/${kind}\``);
}

function malformed(why: string, works: string): MalformedCommand {
  return { kind: 'malformed', why, works };
}

function quoted(text: string): string {
  return `\`${text.replaceAll('`', '').slice(0, 40)}\``;
}
