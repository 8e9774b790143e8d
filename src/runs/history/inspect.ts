import type { MicroUsd } from '../../domain/money.ts';
import type { Note } from '../../domain/note.ts';
import type { RunView } from '../../domain/run-view.ts';
import type { TenantId } from '../../domain/tenant.ts';
import { judgeReport, type JudgeReport } from '../../judge/report.ts';
import type { Database } from '../../ports/database.ts';
import type { NoteStore } from '../../ports/memory.ts';
import type { Queue } from '../../ports/queue.ts';
import { loadDecisions, toJudged } from '../tables/decisions.ts';
import { loadRecord } from './load-record.ts';
import type { Recording } from './replay.ts';
import { resumeRun, type Resumed } from './resume.ts';
import { loadRun } from '../tables/run-rows.ts';
import { timelineOf, type TimelineEntry } from './timeline.ts';

/** What an operator may ask of the database; `tenantId: null` means every tenant. Only `resume` changes anything. */
export type Query =
  | { kind: 'runs'; tenantId: TenantId | null; limit: number }
  | { kind: 'show'; runId: string }
  | { kind: 'recording'; runId: string }
  | { kind: 'resume'; runId: string }
  | { kind: 'cost'; tenantId: TenantId | null }
  | { kind: 'memory'; tenantId: TenantId | null }
  | { kind: 'judge'; tenantId: TenantId | null };

export interface TenantName {
  tenantId: TenantId;
  /** `owner/name` when it was last seen. */
  repository: string;
}

export interface RunLine extends TenantName {
  runId: string;
  work: string;
  subject: number;
  state: string;
  reason: string | null;
  costMicroUsd: MicroUsd;
  createdAt: string;
}

export interface ShownRun extends RunLine {
  failure: RunView['failure'];
  /** What comment and checks are made of, with the texts that GitHub takes a part of; null for a run not begun. */
  view: RunView | null;
  timeline: TimelineEntry[];
}

export interface TenantCost extends TenantName {
  /** By agent or flow and model, dearest first. */
  lines: { work: string; model: string; runs: number; calls: number; costMicroUsd: MicroUsd }[];
  /** What each budget's window holds, reservations included, e.g. `day:2026-11-22`; newest first. */
  windows: { window: string; usedMicroUsd: MicroUsd }[];
}

export interface TenantNote extends TenantName {
  note: Note;
}

/** How far the judges of a repository agree with its people, over the newest 500 decisions. */
export interface TenantJudges extends TenantName {
  report: JudgeReport;
}

/** Newest first; `show` and `recording` are null where no tenant has the run. */
export interface Answers {
  runs: RunLine[];
  show: ShownRun | null;
  recording: Recording | null;
  resume: Resumed;
  cost: TenantCost[];
  memory: TenantNote[];
  judge: TenantJudges[];
}

type Sources = { database: Database; notes: NoteStore; queue: Queue };

/**
 * Answers a query. Which tenants there are is asked in system scope; everything of a tenant is read in its own,
 * behind row-level security.
 */
export async function answerQuery<Kind extends Query['kind']>(
  sources: Sources,
  query: Extract<Query, { kind: Kind }>,
): Promise<Answers[Kind]>;
export async function answerQuery(sources: Sources, query: Query): Promise<Answers[Query['kind']]> {
  const { database, notes } = sources;
  switch (query.kind) {
    case 'runs': {
      const found = await findRunKeys(database, query);
      const lines = await Promise.all(found.map(async (key) => loadLine(database, key)));
      return lines.filter((line) => line !== null);
    }
    case 'show': {
      const [key] = await findRunKeys(database, { runId: query.runId });
      return key === undefined ? null : showRun(database, key);
    }
    case 'recording': {
      const [key] = await findRunKeys(database, { runId: query.runId });
      return key === undefined ? null : loadRecording(database, key);
    }
    case 'resume':
      return resumeRun(sources, query.runId);
    case 'cost': {
      const tenants = await listTenants(database, query.tenantId);
      return Promise.all(tenants.map(async (tenant) => loadCost(database, tenant)));
    }
    case 'memory': {
      const tenants = await listTenants(database, query.tenantId);
      const found = tenants.map(async (tenant) =>
        (await notes.list(tenant.tenantId)).map((note) => ({ ...tenant, note })),
      );
      return (await Promise.all(found)).flat();
    }
    case 'judge': {
      const tenants = await listTenants(database, query.tenantId);
      return Promise.all(tenants.map(async (tenant) => loadJudges(database, tenant)));
    }
  }
}

async function loadJudges(database: Database, tenant: TenantName): Promise<TenantJudges> {
  const decisions = await database.transaction(tenant.tenantId, async (tx) =>
    loadDecisions(tx, tenant.tenantId),
  );
  return { ...tenant, report: judgeReport(decisions.map(toJudged)) };
}

interface RunKey {
  tenantId: TenantId;
  runId: string;
}

/** A bigint column reads as text from one driver and as a number from the other. */
type Id = string | number;

async function findRunKeys(
  database: Database,
  by: { tenantId?: TenantId | null; runId?: string; limit?: number },
): Promise<RunKey[]> {
  const rows = await database.transaction('system', async (tx) =>
    tx.query<{ tenant_id: Id; run_id: string }>(
      `SELECT tenant_id, run_id FROM runs WHERE ($1::bigint IS NULL OR tenant_id = $1)
       AND ($2::text IS NULL OR run_id = $2) ORDER BY created_at DESC, run_id LIMIT $3`,
      [by.tenantId ?? null, by.runId ?? null, by.limit ?? 1],
    ),
  );
  return rows.map((row) => ({ tenantId: Number(row.tenant_id), runId: row.run_id }));
}

async function listTenants(database: Database, only: TenantId | null): Promise<TenantName[]> {
  const rows = await database.transaction('system', async (tx) =>
    tx.query<{ tenant_id: Id; owner: string; name: string }>(
      'SELECT tenant_id, owner, name FROM tenants WHERE $1::bigint IS NULL OR tenant_id = $1 ORDER BY owner, name',
      [only],
    ),
  );
  return rows.map((row) => ({ tenantId: Number(row.tenant_id), repository: `${row.owner}/${row.name}` }));
}

async function loadLine(database: Database, { tenantId, runId }: RunKey): Promise<RunLine | null> {
  return database.transaction(tenantId, async (tx) => {
    const stored = await loadRun(tx, tenantId, runId);
    if (stored === null) return null;
    const [spent] = await tx.query<{ cost: string }>(
      `SELECT coalesce(sum(coalesce(spent_micro_usd, reserved_micro_usd)), 0)::text AS cost FROM ledger
       WHERE tenant_id = $1 AND run_id = $2`,
      [tenantId, runId],
    );
    const { request, state, reason, createdAt } = stored.run;
    return {
      tenantId,
      repository: `${request.tenant.owner}/${request.tenant.name}`,
      runId,
      work: `${request.work.kind}:${request.work.name}`,
      subject: request.subject.number,
      state,
      reason,
      costMicroUsd: Number(spent?.cost ?? 0),
      createdAt,
    };
  });
}

async function showRun(database: Database, key: RunKey): Promise<ShownRun | null> {
  const line = await loadLine(database, key);
  const loaded = await loadRecording(database, key);
  if (line === null || loaded === null) return null;
  const { record, view } = loaded;
  return { ...line, failure: view?.failure ?? null, view, timeline: timelineOf(record) };
}

async function loadRecording(database: Database, { tenantId, runId }: RunKey): Promise<Recording | null> {
  return database.transaction(tenantId, async (tx) => loadRecord(tx, tenantId, runId));
}

async function loadCost(database: Database, tenant: TenantName): Promise<TenantCost> {
  return database.transaction(tenant.tenantId, async (tx) => {
    const lines = await tx.query<{ work: string; model: string; runs: number; calls: number; cost: string }>(
      `SELECT r.work, l.model, count(DISTINCT l.run_id)::int AS runs, count(*)::int AS calls,
       sum(coalesce(l.spent_micro_usd, l.reserved_micro_usd))::text AS cost
       FROM ledger l JOIN runs r USING (tenant_id, run_id) WHERE l.tenant_id = $1
       GROUP BY r.work, l.model ORDER BY sum(coalesce(l.spent_micro_usd, l.reserved_micro_usd)) DESC, r.work`,
      [tenant.tenantId],
    );
    const windows = await tx.query<{ window: string; used: string }>(
      `SELECT "window", used_micro_usd::text AS used FROM budgets
       WHERE tenant_id = $1 AND "window" NOT LIKE 'run:%' ORDER BY "window" DESC LIMIT 100`,
      [tenant.tenantId],
    );
    return {
      ...tenant,
      lines: lines.map(({ cost, ...line }) => ({ ...line, costMicroUsd: Number(cost) })),
      windows: windows.map(({ window, used }) => ({ window, usedMicroUsd: Number(used) })),
    };
  });
}
