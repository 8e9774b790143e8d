import { z } from 'zod';

/*
 * Of GitHub's payloads only the fields that are used, each as loose as its use allows. Everything else in
 * them is dropped here.
 */

const id = z.int();

export const user = z.object({ id, login: z.string().min(1), type: z.string().optional() });

const ghost = user.nullish();

const viaApp = z.object({ id }).nullish();

export const envelope = z.object({
  action: z.string().nullish(),
  repository: z.object({ id, name: z.string(), owner: z.object({ login: z.string() }) }),
  installation: z.object({ id }).nullish(),
  sender: ghost,
});

export const issue = z.object({
  number: id,
  node_id: z.string(),
  body: z.string().nullish(),
  user: ghost,
  pull_request: z.unknown().optional(),
});

export const pullRequest = z.object({
  number: id,
  node_id: z.string(),
  body: z.string().nullish(),
  user: ghost,
  head: z.object({ sha: z.string() }),
  merged: z.boolean().nullish(),
});

export const labeled = z.object({ label: z.object({ name: z.string() }) });

export const commented = z.object({
  comment: z.object({
    id,
    node_id: z.string(),
    body: z.string(),
    user,
    created_at: z.iso.datetime({ offset: true }),
    performed_via_github_app: viaApp,
  }),
});

export const reviewed = z.object({
  review: z.object({
    id,
    node_id: z.string(),
    body: z.string().nullish(),
    user,
    commit_id: z.string().nullish(),
    state: z.string(),
    submitted_at: z.iso.datetime({ offset: true }),
  }),
});

/** Pull requests of a check; those of other repositories carry another `base.repo.id`. */
const pullRequests = z.array(z.object({ number: id, base: z.object({ repo: z.object({ id }) }) })).nullish();

export const checkRun = z.object({
  check_run: z.object({
    id,
    head_sha: z.string(),
    external_id: z.string().nullish(),
    app: viaApp,
    pull_requests: pullRequests,
  }),
  requested_action: z.object({ identifier: z.string() }).nullish(),
});

/** `check_suite` and `workflow_run` tell of a finished CI in the same words. */
export const finished = z.object({
  id,
  head_sha: z.string(),
  conclusion: z.string().nullish(),
  app: viaApp,
  pull_requests: pullRequests,
});

export const pushed = z.object({
  ref: z.string(),
  repository: z.object({ default_branch: z.string() }),
  commits: z.array(z.object({ message: z.string() })),
});

export const dispatched = z.object({
  client_payload: z.object({
    agent: z.string().optional(),
    flow: z.string().optional(),
    request: z.string().optional(),
    issue: id.optional(),
    pull_request: id.optional(),
  }),
});

const repositories = z.array(z.object({ id, name: z.string(), full_name: z.string() })).nullish();

export const installation = z.object({
  action: z.string(),
  installation: z.object({ id }),
  repositories,
  repositories_added: repositories,
  repositories_removed: repositories,
});
