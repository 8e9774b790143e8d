import type { Actor } from '../domain/actor.ts';
import type { Instruction } from '../domain/run.ts';
import { authorise } from './authorise.ts';
import type { Authority, Purpose } from './authorise.ts';
import { parseCommands } from './commands.ts';
import type { Command, StartCommand } from './commands.ts';
import { bodyInstruction, isTooOld, refused, TOO_OLD } from './context.ts';
import type { RouteContext } from './context.ts';
import type { Thread } from './event.ts';
import type { Routed } from './routed.ts';
import { startRun, subjectOf } from './start.ts';
import type { Tenant } from '../domain/tenant.ts';

/** A new comment or review body, with its author. */
export interface Post {
  tenant: Tenant;
  thread: Thread;
  source: { kind: 'comment' | 'review'; id: number };
  nodeId: string;
  author: Actor;
  body: string;
  at: string;
}

/**
 * What the commands of a comment or review ask for, in their order; nothing where there are none. A
 * person who may not gets one refusal, however many commands there are. `leaveOut` are kinds that the
 * review's own state already says.
 */
export async function routeCommands(
  post: Post,
  context: RouteContext,
  leaveOut: readonly Command['kind'][] = [],
): Promise<Routed[]> {
  const commands = parseCommands(post.body);
  if (commands.length === 0) return [];
  if (isTooOld(post.at, context.deps.now)) return [refused(post.nodeId, TOO_OLD)];
  const routed: Routed[] = [];
  for (const [index, command] of commands.entries()) {
    if (leaveOut.includes(command.kind)) continue;
    const authority = await authorityFor(command, post.author, context);
    const next = await routeCommand(command, index, authority, post, context);
    const isQuiet = next.kind === 'refused' || next.kind === 'ignored';
    if (!isQuiet || !routed.some(({ kind }) => kind === next.kind)) routed.push(next);
  }
  return routed;
}

async function authorityFor(command: Command, author: Actor, context: RouteContext): Promise<Authority> {
  const { config } = await context.catalogue();
  return authorise(author, purposeOf(command), config, context.levelOf);
}

function purposeOf(command: Command): Purpose {
  if (command.kind === 'approve' || command.kind === 'reject') return 'approve';
  return isStart(command) ? 'start' : 'steer';
}

async function routeCommand(
  command: Command,
  index: number,
  authority: Authority,
  post: Post,
  context: RouteContext,
): Promise<Routed> {
  if (authority.kind === 'ignored') return authority;
  if (authority.kind === 'denied') return refused(post.nodeId, authority.reason);
  const key = `${post.source.kind}:${post.source.id}:${index}`;
  if (isStart(command)) return startFrom(command, key, post, context);
  const subject = subjectOf(post.thread);
  if (command.kind === 'malformed') {
    const text = `Line ${command.line}: ${command.why} What works: ${command.works}.`;
    return { kind: 'answer', subject, text, onceKey: null };
  }
  const { line: _line, ...control } = command;
  return {
    kind: 'command',
    command: control,
    tenant: post.tenant,
    actor: post.author,
    level: authority.level,
    key,
    at: post.at,
    subject,
    source: post.source,
    react: post.nodeId,
  };
}

function isStart(command: Command): command is StartCommand & { line: number } {
  return command.kind === 'agent' || command.kind === 'flow';
}

async function startFrom(
  command: StartCommand,
  key: string,
  post: Post,
  context: RouteContext,
): Promise<Routed> {
  const { tenant, thread, author, at, nodeId } = post;
  const work = { kind: command.kind, name: command.name };
  const summary = `\`/${command.kind} ${command.name}\` by @${author.login}`;
  const instruction: Instruction | null =
    command.request === null
      ? await bodyInstruction(thread, context)
      : { text: command.request, source: 'command' };
  const trigger = { kind: 'command' as const, key, actor: author, at, summary };
  const asked = { tenant, thread, work, trigger, requester: author, instruction };
  return startRun({ ...asked, react: nodeId, label: null }, await context.catalogue());
}
