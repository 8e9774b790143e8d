import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { GitHubError, invalid } from './errors.ts';
import type { RestAnswer } from './rest/request.ts';
import type { SimulatorState } from './state.ts';

const manifestSchema = z.object({
  name: z.string().optional(),
  url: z.string().optional(),
  hook_attributes: z.object({ url: z.string(), active: z.boolean().optional() }).optional(),
  redirect_url: z.string(),
  default_permissions: z.record(z.string(), z.enum(['read', 'write', 'admin'])).optional(),
  default_events: z.array(z.string()).optional(),
});

/**
 * `POST /settings/apps/new`, the form that a set-up page sends the browser with: the person confirms at once,
 * and is sent back to `redirect_url` with a one-time code and the form's `state`.
 */
export function submitManifest(state: SimulatorState, url: URL, body: unknown): RestAnswer {
  const form = new URLSearchParams(typeof body === 'string' ? body : '');
  const owner = [...state.users.values()].find((user) => user.type === 'User');
  if (owner === undefined) throw new GitHubError(401, 'Nobody has signed up');
  const parsed = manifestSchema.safeParse(jsonIn(form.get('manifest')));
  if (!parsed.success) throw invalid('Invalid GitHub App configuration', [parsed.error.message]);
  const code = randomBytes(20).toString('hex');
  state.manifests.set(code, { manifest: parsed.data, ownerId: owner.id });
  const target = new URL(parsed.data.redirect_url);
  target.searchParams.set('code', code);
  const given = url.searchParams.get('state') ?? form.get('state');
  if (given !== null) target.searchParams.set('state', given);
  return { status: 302, headers: { location: target.href } };
}

function jsonIn(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}
