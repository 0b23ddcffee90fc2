/**
 * What a record keeps of the training of one run. Every step of a long run would make most of its record, and single batches are noisy:
 * so the steps are taken together in windows of equal length, and each column holds the means over a window.
 */
import { type History, measuredInWindow } from '../results/record/measured.ts';
import { mean } from '../statistics/mean.ts';
import type { StepReport } from '../train/trainer.ts';
import type { GroupLog } from './groupLog.ts';

const mostWindows = 20;

/** Steps in a window, for runs of so many steps. */
export const historyEvery = (steps: number): number => Math.ceil(steps / mostWindows);

export interface HistoryOf {
  readonly lane: number;
  readonly learningRate: number;
  /** Steps in a window. */
  readonly every: number;
}

/** Up to the step at which the lane diverged, if it did: the last window may be shorter. */
export function historyOf({ reports, divergedAt }: GroupLog, { lane, learningRate, every }: HistoryOf): History {
  const last = divergedAt[lane] ?? Infinity;
  const own = reports.filter(({ step }) => step <= last);
  const windows = Array.from({ length: Math.ceil(own.length / every) }, (_, i) =>
    own.slice(i * every, (i + 1) * every),
  );
  const column = (of: (report: StepReport) => number): (number | null)[] =>
    windows.map((window) => measuredInWindow(mean(window.map(of))));
  const roles = Object.keys(reports[0]?.gradientNormByRole ?? {});
  const hasPenalty = own.some(({ penalty }) => penalty[lane] !== 0);
  return {
    step: windows.map((window) => window.at(-1)!.step),
    lossNats: column(({ lossNats }) => lossNats[lane]!),
    ...(hasPenalty && { penalty: column(({ penalty }) => penalty[lane]!) }),
    learningRate: column(({ rateFactor }) => rateFactor * learningRate),
    gradientNorm: column(({ gradientNorm }) => gradientNorm[lane]!),
    gradientNormByRole: Object.fromEntries(
      roles.map((role) => [role, column(({ gradientNormByRole }) => gradientNormByRole[role]![lane]!)]),
    ),
  };
}
