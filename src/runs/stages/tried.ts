import type { FailureReport } from '../../domain/run-view.ts';
import { durationWords } from '../../publish/words.ts';
import type { Session } from '../session.ts';
import { loadBroken } from '../tables/effect-rows.ts';
import { loadLastAsked, stepLabel } from '../tables/ledger.ts';
import { waitedOut } from '../takeover.ts';

/** Refusals of GitHub that no repetition changes. */
const FINAL = /^github_(forbidden|invalid|not_found)/;

/** What was tried before a run failed, in short words: what its end knows itself, else what is recorded. */
export async function triedOf(session: Session, { kind, tried }: FailureReport): Promise<string[]> {
  if (tried.length > 0) return tried;
  const { engine, run } = session;
  const { tenant, runId } = run.request;
  return engine.database.transaction(tenant.id, async (tx) => {
    if (kind === 'publishing') {
      const broken = await loadBroken(tx, run, session.round);
      return broken.map(
        (effect) => `${effect.kind.replaceAll('_', ' ')}, for ${durationWords(effect.tookMs)}`,
      );
    }
    const asked = kind.startsWith('model_') ? await loadLastAsked(tx, tenant.id, runId) : null;
    const waitedMs = await waitedOut(tx, run);
    return [
      ...(asked === null ? [] : askedWords(asked)),
      ...(FINAL.test(kind) ? ['GitHub was asked once, as it would say the same again'] : []),
      ...(waitedMs === null ? [] : [`all of it again and again, for ${durationWords(waitedMs)}`]),
    ];
  });
}

function askedWords({ key, model, times, overMs }: NonNullable<Awaited<ReturnType<typeof loadLastAsked>>>) {
  const step = stepLabel(key);
  const often = times === 1 ? 'once' : `${times} times in ${durationWords(overMs)}`;
  return [
    `${model} was asked ${often} (${step})`,
    ...(step.includes(' again') ? ['the judge was asked again: its first answer could not be read'] : []),
  ];
}
