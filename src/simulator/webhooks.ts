import { createHmac, randomUUID } from 'node:crypto';
import { messageOf } from '../domain/errors.ts';
import type { App, Installation } from './model.ts';
import { installationOn, nowText, type EmittedEvent, type SimulatorState } from './state.ts';

/** One attempt to tell an App something. `statusCode` is 0 while it is under way or when nobody answered. */
export interface Delivery {
  id: number;
  appId: number;
  /** `X-GitHub-Delivery`: a redelivery keeps it. */
  guid: string;
  event: string;
  action: string | null;
  installationId: number;
  repositoryId: number | null;
  isRedelivery: boolean;
  deliveredAt: string;
  durationS: number;
  status: string;
  statusCode: number;
  url: string;
  headers: Record<string, string>;
  /** The signed bytes. */
  body: string;
  responseBody: string;
}

/** The deliveries and what a test can do to them. GitHub promises no order, no uniqueness and no retry. */
export interface Webhooks {
  emit(event: EmittedEvent): void;
  readonly deliveries: readonly Delivery[];
  /** Sends the same delivery again, as `POST /app/hook/deliveries/{id}/attempts` does. */
  redeliver(delivery: Delivery): void;
  /** The next `count` deliveries are sent twice. */
  duplicateNext(count: number): void;
  /** The next `count` deliveries get lost: they are listed as failed. */
  dropNext(count: number): void;
  /** Keeps deliveries back until `release`. */
  hold(): void;
  /** Sends what was kept back, in the order of the events or against it. */
  release(order?: 'as_emitted' | 'reversed'): void;
  /** Resolves when nothing is under way; what is held back doesn't count. */
  settled(): Promise<void>;
  /** Makes `settled` wait for other work, too. */
  track(work: Promise<unknown>): void;
}

/** GitHub waits this long for an answer. */
const TIMEOUT_MS = 10_000;

/** Sends each App its events one after the other, signed with its secret. */
export function createWebhooks(state: SimulatorState): Webhooks {
  const deliveries: Delivery[] = [];
  const underWay = new Set<Promise<unknown>>();
  const lastOfApp = new Map<number, Promise<void>>();
  let held: Delivery[] | null = null;
  let duplicates = 0;
  let drops = 0;

  const track = (work: Promise<unknown>): void => {
    const guarded = work.catch(() => {}).finally(() => underWay.delete(guarded));
    underWay.add(guarded);
  };
  const dispatch = (delivery: Delivery): void => {
    const before = lastOfApp.get(delivery.appId) ?? Promise.resolve();
    const sent = before.then(() => send(state, delivery));
    lastOfApp.set(delivery.appId, sent);
    track(sent);
  };
  const submit = (delivery: Delivery): void => {
    deliveries.push(delivery);
    if (drops > 0) {
      drops -= 1;
      delivery.status = 'failed to connect to host';
      return;
    }
    const copies = duplicates > 0 ? [delivery, delivery] : [delivery];
    duplicates = Math.max(0, duplicates - 1);
    if (held === null) copies.forEach(dispatch);
    else held.push(...copies);
  };
  return {
    deliveries,
    track,
    emit: (event) => receivers(state, event).forEach((target) => submit(build(state, event, target))),
    redeliver: (delivery) =>
      submit({ ...delivery, id: state.nextId(), isRedelivery: true, status: 'pending', statusCode: 0 }),
    duplicateNext: (count) => {
      duplicates += count;
    },
    dropNext: (count) => {
      drops += count;
    },
    hold: () => {
      held ??= [];
    },
    release: (order = 'as_emitted') => {
      const kept = held ?? [];
      held = null;
      (order === 'reversed' ? kept.reverse() : kept).forEach(dispatch);
    },
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

interface Target {
  app: App;
  installation: Installation;
  url: string;
}

function receivers(state: SimulatorState, event: EmittedEvent): Target[] {
  return [...state.apps.values()].flatMap((app) => {
    const { audience } = event;
    const installation =
      audience.kind === 'repository'
        ? installationOn(state, app.id, audience.repository)
        : audience.installation;
    if (installation?.appId !== app.id || app.webhookUrl === null || !hears(app, event)) return [];
    if (installation.suspendedAt !== null && audience.kind === 'repository') return [];
    return [{ app, installation, url: app.webhookUrl }];
  });
}

/** What concerns the App alone is sent unasked; all else must be subscribed to. */
function hears(app: App, event: EmittedEvent): boolean {
  if (event.onlyAppId !== null) return event.onlyAppId === app.id;
  return event.audience.kind === 'installation' || app.events.includes(event.name);
}

function build(state: SimulatorState, event: EmittedEvent, { app, installation, url }: Target): Delivery {
  const reference = { id: installation.id, node_id: installation.nodeId };
  const body = JSON.stringify({ installation: reference, ...event.payload });
  const guid = randomUUID();
  const { action } = event.payload;
  return {
    id: state.nextId(),
    appId: app.id,
    guid,
    event: event.name,
    action: typeof action === 'string' ? action : null,
    installationId: installation.id,
    repositoryId: event.audience.kind === 'repository' ? event.audience.repository.id : null,
    isRedelivery: false,
    deliveredAt: nowText(state),
    durationS: 0,
    status: 'pending',
    statusCode: 0,
    url,
    headers: {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/simulator',
      'x-github-delivery': guid,
      'x-github-event': event.name,
      'x-github-hook-id': String(app.hookId),
      'x-github-hook-installation-target-id': String(app.id),
      'x-github-hook-installation-target-type': 'integration',
      ...signatures(app.webhookSecret, body),
    },
    body,
    responseBody: '',
  };
}

function signatures(secret: string, body: string): Record<string, string> {
  if (secret === '') return {};
  const sign = (algorithm: string): string => createHmac(algorithm, secret).update(body).digest('hex');
  return { 'x-hub-signature': `sha1=${sign('sha1')}`, 'x-hub-signature-256': `sha256=${sign('sha256')}` };
}

async function send(state: SimulatorState, delivery: Delivery): Promise<void> {
  const started = state.clock.now().getTime();
  try {
    const response = await fetch(delivery.url, {
      method: 'POST',
      headers: delivery.headers,
      body: delivery.body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    delivery.responseBody = await response.text();
    delivery.statusCode = response.status;
    delivery.status = response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`;
  } catch (error) {
    delivery.statusCode = 0;
    delivery.status = `failed to connect to host: ${messageOf(error)}`;
  }
  delivery.durationS = (state.clock.now().getTime() - started) / 1000;
}
