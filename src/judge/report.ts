import {
  calibrationTable,
  expectedCalibrationError,
  type CalibrationBin,
  type Forecast,
} from './calibration.ts';

/** What a judge said of something, and what people made of it. */
export interface Judged {
  agent: string;
  /** The verdict passed. */
  isPassed: boolean;
  isAccepted: boolean;
  /** 0 to 1. */
  score: number;
  /** Learned from earlier decisions, before this one; null where there were too few. */
  probability: number | null;
}

/** Verdicts of judges against decisions of people. */
export interface Confusion {
  passedAccepted: number;
  passedDeclined: number;
  failedAccepted: number;
  failedDeclined: number;
}

export interface Agreement extends Confusion {
  decisions: number;
  /** Share of decisions that the verdict foresaw; null of none. */
  agreed: number | null;
  /** Cohen's kappa: 1 for the same judgement, 0 for chance; null where one of the two never differs. */
  kappa: number | null;
}

export interface JudgeReport extends Agreement {
  /** Those whose probability had been learned; of the others, the plain score counts as one. */
  learned: number;
  calibration: CalibrationBin[];
  /** Expected calibration error over ten bins; null of no decisions. */
  calibrationError: number | null;
  /** By name of the agent. */
  agents: (Agreement & { agent: string })[];
}

/** How far the judges agree with people, and how far their probabilities come true. */
export function judgeReport(judged: readonly Judged[]): JudgeReport {
  const forecasts: Forecast[] = judged.map(({ probability, score, isAccepted }) => ({
    probability: probability ?? score,
    isTrue: isAccepted,
  }));
  const names = [...new Set(judged.map(({ agent }) => agent))].sort((left, right) =>
    left.localeCompare(right),
  );
  return {
    ...agreementOf(judged),
    learned: judged.filter(({ probability }) => probability !== null).length,
    calibration: calibrationTable(forecasts),
    calibrationError: expectedCalibrationError(forecasts),
    agents: names.map((agent) => ({
      agent,
      ...agreementOf(judged.filter((candidate) => candidate.agent === agent)),
    })),
  };
}

function agreementOf(judged: readonly Judged[]): Agreement {
  const count = (isPassed: boolean, isAccepted: boolean): number =>
    judged.filter((one) => one.isPassed === isPassed && one.isAccepted === isAccepted).length;
  const confusion = {
    passedAccepted: count(true, true),
    passedDeclined: count(true, false),
    failedAccepted: count(false, true),
    failedDeclined: count(false, false),
  };
  const decisions = judged.length;
  const agreed = decisions === 0 ? null : (confusion.passedAccepted + confusion.failedDeclined) / decisions;
  return {
    decisions,
    agreed,
    kappa: agreed === null ? null : kappaOf(confusion, agreed, decisions),
    ...confusion,
  };
}

/** J. Cohen, "A coefficient of agreement for nominal scales", 1960. */
function kappaOf(confusion: Confusion, agreed: number, decisions: number): number | null {
  const passed = (confusion.passedAccepted + confusion.passedDeclined) / decisions;
  const accepted = (confusion.passedAccepted + confusion.failedAccepted) / decisions;
  const byChance = passed * accepted + (1 - passed) * (1 - accepted);
  return byChance === 1 ? null : (agreed - byChance) / (1 - byChance);
}
