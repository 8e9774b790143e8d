import { createApp } from '../accounts.ts';
import { notFound } from '../errors.ts';
import { appPayload } from '../payloads/account.ts';
import { textParam, type RestAnswer, type RestRequest } from './request.ts';

/** Turns the one-time code of a manifest into a registered App with its key and secrets. */
export function convertManifest(request: RestRequest): RestAnswer {
  const { state } = request;
  const code = textParam(request, 'code');
  const entry = state.manifests.get(code);
  const owner = state.users.get(entry?.ownerId ?? 0);
  if (entry === undefined || owner === undefined) throw notFound();
  state.manifests.delete(code);
  const { manifest } = entry;
  const { app, privateKey } = createApp(state, {
    name: manifest.name ?? 'app',
    owner,
    permissions: manifest.default_permissions ?? {},
    events: manifest.default_events ?? [],
    webhookUrl: manifest.hook_attributes?.url ?? null,
  });
  const secrets = { client_secret: app.clientSecret, webhook_secret: app.webhookSecret, pem: privateKey };
  return { status: 201, body: { ...appPayload(state, app), ...secrets } };
}
