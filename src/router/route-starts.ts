import type { RunRequest } from '../domain/run.ts';
import type { Trigger } from '../domain/trigger.ts';
import { authorise, isOurselves, nullUnlessRetryable } from './authorise.ts';
import { bodyInstruction, ignored, isTooOld, refused, TOO_OLD } from './context.ts';
import type { RouteContext } from './context.ts';
import type { DispatchedEvent, LabeledEvent, TenantEvent } from './event.ts';
import type { Routed } from './routed.ts';
import { startRun } from './start.ts';

/**
 * A label `agent:<name>` or `flow:<name>`. Who put it on is read back from GitHub, so that a forged or
 * outdated delivery starts nothing; where GitHub lists no such event, the payload has to do.
 */
export async function routeLabel(event: LabeledEvent, context: RouteContext): Promise<Routed[]> {
  const [, kind, name] = /^(agent|flow):(.+)$/.exec(event.label) ?? [];
  if ((kind !== 'agent' && kind !== 'flow') || name === undefined) return [];
  const { sender: actor, thread, tenant } = event;
  const { github, now } = context.deps;
  if (actor === null) return [ignored('nobody put the label on')];
  if (isTooOld(event.at, now)) return [refused(thread.nodeId, TOO_OLD)];
  const catalogue = await context.catalogue();
  const authority = await authorise(actor, 'start', catalogue.config, context.levelOf);
  if (authority.kind === 'ignored') return [authority];
  if (authority.kind === 'denied') return [refused(thread.nodeId, authority.reason)];
  const found = await github.lastLabelEvent(thread.number, event.label).catch(nullUnlessRetryable);
  if (found !== null && found.actor.id !== actor.id) {
    return [refused(thread.nodeId, `GitHub says that ${found.actor.login} put the label on`)];
  }
  const at = found?.createdAt ?? event.at ?? now.toISOString();
  if (isTooOld(at, now)) return [refused(thread.nodeId, TOO_OLD)];
  const trigger: Trigger = {
    kind: 'label',
    key: found === null ? `label:${thread.number}:${event.label}:${at}` : `label:${found.id}`,
    actor,
    at,
    summary: `label \`${event.label}\` by @${actor.login}`,
  };
  const instruction = await bodyInstruction(thread, context);
  const work: RunRequest['work'] = { kind, name };
  const asked = { tenant, thread, work, trigger, requester: actor, instruction };
  return [startRun({ ...asked, react: thread.nodeId, label: event.label }, catalogue)];
}

/** `repository_dispatch` of type `muster`: who may send it may still not be one who may trigger. */
export async function routeDispatch(event: DispatchedEvent, context: RouteContext): Promise<Routed[]> {
  const { sender: actor, thread, tenant, work, request } = event;
  if (actor === null) return [ignored('nobody sent the dispatch')];
  const catalogue = await context.catalogue();
  const authority = await authorise(actor, 'start', catalogue.config, context.levelOf);
  if (authority.kind === 'ignored') return [authority];
  if (authority.kind === 'denied') return [refused(null, authority.reason)];
  const trigger: Trigger = {
    kind: 'api',
    key: event.key,
    actor,
    at: event.at ?? context.deps.now.toISOString(),
    summary: `\`repository_dispatch\` by @${actor.login}`,
  };
  const instruction = request === null ? null : ({ text: request, source: 'api' } as const);
  const asked = { tenant, thread, work, trigger, requester: actor, instruction };
  return [startRun({ ...asked, react: null, label: null }, catalogue)];
}

/**
 * The agents and flows whose `on:` names the event. Their files authorise it, so its sender needs no
 * permission, gives no instruction and is not the requester. What we did ourselves starts none.
 */
export async function routeBindings(event: TenantEvent, context: RouteContext): Promise<Routed[]> {
  const { github, now } = context.deps;
  const isOurs = event.sender !== null && isOurselves(event.sender, github.identity);
  if (isOurs || isTooOld(event.at, now)) return [];
  const catalogue = await context.catalogue();
  const { agents, flows, config } = catalogue;
  const bound = [
    ...agents
      .filter(({ name, on }) => isBound(on, event) && config.agents[name]?.enabled !== false)
      .map(({ name }) => ({ kind: 'agent' as const, name })),
    ...flows.filter(({ on }) => isBound(on, event)).map(({ name }) => ({ kind: 'flow' as const, name })),
  ];
  const name = event.action === null ? event.event : `${event.event}.${event.action}`;
  const trigger: Trigger = {
    kind: 'event',
    key: `event:${name}:${event.digest}`,
    actor: event.sender,
    at: event.at ?? now.toISOString(),
    summary: `event \`${name}\``,
  };
  const asked = { tenant: event.tenant, thread: event.thread, trigger, requester: null, instruction: null };
  return bound.map((work) => startRun({ ...asked, work, react: null, label: null }, catalogue));
}

function isBound(on: readonly { event: string; action: string | null }[], event: TenantEvent): boolean {
  return on.some(
    (binding) =>
      binding.event === event.event && (binding.action === null || binding.action === event.action),
  );
}
