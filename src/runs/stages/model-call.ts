import { budgetWindows } from '../../costs/budget.ts';
import { costOf } from '../../costs/prices.ts';
import { affordableOutputTokens, worstCaseCost, type OpenRequest } from '../../costs/worst-case.ts';
import { MusterError, retryAfterOf } from '../../domain/errors.ts';
import type { MicroUsd } from '../../domain/money.ts';
import { NO_USAGE, type TokenUsage } from '../../domain/usage.ts';
import type { ModelReply } from '../../ports/model.ts';
import type { StepKind } from '../tables/journal.ts';
import { loadUsed, reserve, settle, stepLabel } from '../tables/ledger.ts';
import { costsAfterCall } from './costs-shown.ts';
import type { Prepared } from './prepare.ts';
import { capOf } from './run-cap.ts';
import { fence } from '../tables/run-rows.ts';
import type { Session } from '../session.ts';

export type CallAnswer = { kind: 'reply'; reply: ModelReply } | { kind: 'over_budget'; label: string };

const MAX_TRIES = 5;
const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 60_000;

/** True for failures after which the provider may have worked, and billed, all the same. */
function mayBeBilled(error: unknown): boolean {
  if (!(error instanceof MusterError) || error.code === 'model_aborted') return true;
  const { value } = error;
  return typeof value === 'object' && value !== null && 'mayBeBilled' in value && value.mayBeBilled === true;
}

/**
 * One model turn as a recorded step: reserved at its worst case before, settled with the reply after, tried
 * again with growing pauses where that can help. A recorded reply is never requested again.
 */
export async function callModel(
  session: Session,
  prepared: Prepared,
  step: { key: string; kind: StepKind },
  request: OpenRequest,
): Promise<CallAnswer> {
  const { journal, engine, run } = session;
  const windows = (runCapMicroUsd: MicroUsd) =>
    budgetWindows(
      prepared.config.budgets,
      {
        runId: run.request.runId,
        runCapMicroUsd,
        isUntrusted: run.request.requester === null,
      },
      engine.clock.now(),
    );
  let settled: { key: string; costMicroUsd: MicroUsd; usage: TokenUsage } | null = null;
  let held = windows(prepared.capMicroUsd);
  return journal.step<CallAnswer>(
    { ...step, input: request },
    async () => {
      for (let attempt = 1; ; attempt += 1) {
        held = windows(await capOf(session, prepared));
        const sized = await sizeRequest(session, prepared, request, held);
        if (sized.kind === 'over_budget') return sized;
        const key = `r${session.round}/${step.key}#${run.attempt}.${attempt}`;
        const reservation = await reserve(
          engine.database,
          run,
          { key, model: request.model, costMicroUsd: sized.costMicroUsd },
          held,
        );
        if (reservation.kind === 'over_budget')
          return { kind: 'over_budget', label: reservation.window.label };
        try {
          const reply = await engine.model.generate(
            { ...request, maxOutputTokens: sized.maxOutputTokens },
            { signal: session.signal },
          );
          // An unknown price was refused before the run; should it vanish, the worst case is what it cost.
          const cost =
            costOf(request.model, reply.usage, prepared.config.models.prices) ?? sized.costMicroUsd;
          settled = { key, costMicroUsd: cost, usage: reply.usage };
          engine.telemetry.count('muster_spent_micro_usd_total', cost, { model: request.model });
          session.addSpend({
            step: stepLabel(key),
            model: request.model,
            usage: reply.usage,
            costMicroUsd: cost,
          });
          return { kind: 'reply', reply };
        } catch (error) {
          const billed = mayBeBilled(error) ? sized.costMicroUsd : 0;
          await engine.database.transaction(run.request.tenant.id, async (tx) => {
            await fence(tx, run);
            await settle(tx, run, { key, costMicroUsd: billed, usage: NO_USAGE }, held);
          });
          if (!(error instanceof MusterError) || !error.isRetryable || attempt === MAX_TRIES) throw error;
          await engine.clock.sleep(retryDelay(error, attempt), session.signal);
        }
      }
    },
    async (tx) => {
      if (settled === null) return;
      await settle(tx, run, settled, held);
      session.show(await costsAfterCall(tx, session, prepared));
    },
  );
}

async function sizeRequest(
  session: Session,
  prepared: Prepared,
  request: OpenRequest,
  windows: ReturnType<typeof budgetWindows>,
): Promise<
  { kind: 'sized'; maxOutputTokens: number; costMicroUsd: MicroUsd } | { kind: 'over_budget'; label: string }
> {
  const { tenant } = session.run.request;
  const used = await session.engine.database.transaction(tenant.id, async (tx) =>
    loadUsed(tx, tenant.id, windows),
  );
  const [tightest] = windows
    .map((window) => ({ label: window.label, left: window.limitMicroUsd - (used.get(window.key) ?? 0) }))
    .sort((left, right) => left.left - right.left);
  const { prices } = prepared.config.models;
  const maxOutputTokens = affordableOutputTokens(request, tightest?.left ?? 0, prices);
  const worst = maxOutputTokens === 0 ? null : worstCaseCost({ ...request, maxOutputTokens }, prices);
  return worst === null
    ? { kind: 'over_budget', label: tightest?.label ?? 'the budget' }
    : { kind: 'sized', maxOutputTokens, costMicroUsd: worst.costMicroUsd };
}

/** The provider's own word first, else doubling pauses. */
function retryDelay(error: MusterError, attempt: number): number {
  return Math.min(MAX_DELAY_MS, Math.max(retryAfterOf(error), FIRST_DELAY_MS * 2 ** (attempt - 1)));
}
