import type { GuardFinding } from '../../domain/guard.ts';
import type { Proposal } from '../../domain/proposal.ts';
import { guardProposals } from '../../guards/guard-proposals.ts';
import { hostsIn } from '../../guards/links.ts';
import { createPiiVault } from '../../guards/pii.ts';
import { cutShortOf } from './ends.ts';
import type { Prepared } from './prepare.ts';
import { readSmallFile } from './small-file.ts';
import { checklist, type Session } from '../session.ts';
import type { Worked } from './work.ts';

export interface Checked {
  proposals: Proposal[];
  findings: GuardFinding[];
}

/**
 * The guards over what the agent asked for, its notes among it. What went past a maximum is told as a remark.
 *
 * @param published What earlier rounds published.
 */
export async function check(
  session: Session,
  prepared: Prepared,
  worked: Worked,
  published: readonly Proposal[],
): Promise<Checked> {
  session.show({ steps: checklist('Check') });
  const { run, engine } = session;
  const { result } = worked;
  const readByAll = `${prepared.issue.title}\n${prepared.issue.body}`;
  const notes: Proposal[] =
    result.notes.length === 0 ? [] : [{ id: 'notes', kind: 'notes', notes: result.notes }];
  const checked = await session.journal.step(
    { key: 'guard', kind: 'guard', input: { proposals: result.proposals, notes: result.notes } },
    async () => {
      const base = await readBase(session, prepared, result.proposals);
      const workflows = await readWorkflows(session, prepared, result.proposals);
      return guardProposals([...result.proposals, ...notes], {
        subject: run.request.subject,
        scanner: engine.scanner,
        pii: {
          mode: prepared.config.privacy.pii,
          vault: createPiiVault(prepared.nonce, worked.hidden),
          isKnownToAudience: (value) => readByAll.includes(value),
        },
        protectedGlobs: prepared.config.protectedPaths,
        limits: prepared.agent.outputs,
        published: await recordPublished(session, published),
        repositoryLabels: prepared.repositoryLabels,
        workflowLabels: prepared.workflowLabels,
        allowMentions: run.request.requester === null ? [] : [run.request.requester.login],
        allowedHosts: hostsIn(`${readByAll}\n${prepared.repository.url}`),
        readBase: async (path) => (Object.hasOwn(base, path) ? (base[path] ?? null) : null),
        readWorkflow: async (file) => (Object.hasOwn(workflows, file) ? (workflows[file] ?? null) : null),
      });
    },
  );
  const dropped = checked.findings
    .filter(({ proposalId }) => checked.proposals.every(({ id }) => id !== proposalId))
    .map(({ proposalId, message }) => `Proposal ${proposalId} was ${message}.`);
  const remarks = [...new Set([...session.view.remarks, ...dropped])];
  session.show({
    proposals: checked.proposals,
    guardFindings: checked.findings,
    remarks,
    cutShort: cutShortOf(worked),
  });
  return checked;
}

/** Recorded, so that the guards can be run again without GitHub's word on what was published. */
async function recordPublished(
  session: Session,
  published: readonly Proposal[],
): Promise<readonly Proposal[]> {
  if (session.round === 0) return [];
  return session.journal.step({ key: 'earlier', kind: 'guard', input: null }, async () => published);
}

/** The files that are to be changed, as they were. Recorded, so that the guards can be run again without GitHub. */
async function readBase(
  session: Session,
  prepared: Prepared,
  proposals: readonly Proposal[],
): Promise<Record<string, string | null>> {
  const paths = proposals.flatMap((proposal) =>
    proposal.kind === 'pull_request' ? proposal.changes.map(({ path }) => path) : [],
  );
  return readFiles(session, 'base', paths, async (path) => readSmallFile(session, path, prepared.baseSha));
}

/** The workflows that are to be started, as the default branch has them. */
async function readWorkflows(
  session: Session,
  { agent }: Prepared,
  proposals: readonly Proposal[],
): Promise<Record<string, string | null>> {
  const files = proposals.flatMap((proposal) => (proposal.kind === 'dispatch' ? [proposal.workflow] : []));
  const allowed = files.filter((file) => agent.outputs.dispatch?.allow?.includes(file));
  return readFiles(session, 'workflows', allowed, async (file) =>
    readSmallFile(session, `.github/workflows/${file}`, null),
  );
}

async function readFiles(
  { journal }: Session,
  key: string,
  names: readonly string[],
  read: (name: string) => Promise<string | null>,
): Promise<Record<string, string | null>> {
  if (names.length === 0) return {};
  return journal.step({ key, kind: 'guard', input: names }, async () =>
    Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name)] as const))),
  );
}
