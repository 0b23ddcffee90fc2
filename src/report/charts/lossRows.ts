import type { FinishedRun } from '../../results/record.ts';
import { mean } from '../../statistics/mean.ts';
import type { Frames } from '../chart.ts';

/** Loss in nats at one step: the mean over seeds, and the lowest and highest seed. */
export interface LossRow {
  variant: string;
  step: number;
  lossNats: number;
  lowest: number;
  highest: number;
}

/** Whose loss: the training batches', the target's on validation data (learnt), the source's (forgotten). */
export type LossKind = 'training' | 'learnt' | 'forgotten';

/** Rows of a variant's runs, at the steps that all of them have; of training at most `most`. */
export function lossRows(variant: string, runs: readonly FinishedRun[], kind: LossKind, most = 150): LossRow[] {
  const perSeed = runs.map((run) => new Map(points(run, kind, most)));
  const steps = [...perSeed[0].keys()].filter((step) => perSeed.every((seed) => seed.has(step)));
  return steps.map((step) => {
    const losses = perSeed.map((seed) => seed.get(step) as number);
    return { variant, step, lossNats: mean(losses), lowest: Math.min(...losses), highest: Math.max(...losses) };
  });
}

/** Steps and losses of one run; for training at most so many of them, each the mean of the steps since the one before. */
function points(run: FinishedRun, kind: LossKind, most: number): [number, number][] {
  if (kind !== 'training')
    return run.evaluations.flatMap((at): [number, number][] => {
      const { lossNats } = kind === 'learnt' ? at.learn : at.retain;
      return lossNats === null ? [] : [[at.step, lossNats]];
    });
  const { step, lossNats } = run.history;
  const every = Math.max(1, Math.ceil(step.length / most));
  const window = Math.max(every, Math.round(step.length / 40));
  return step.flatMap((at, index): [number, number][] => {
    const recent = lossNats.slice(Math.max(0, index + 1 - window), index + 1).filter((loss) => loss !== null);
    return (index + 1) % every === 0 && recent.length > 0 ? [[at, mean(recent)]] : [];
  });
}

/** What each variant shows of the frame. */
export function frames(rows: readonly LossRow[]): Frames[string] {
  const [, top] = frame(rows).domain;
  return [...new Set(rows.map(({ variant }) => variant))].map((variant) => {
    const own = rows.filter((row) => row.variant === variant);
    const { domain } = frame(own);
    return { variant, low: Math.min(...own.map(({ lowest }) => lowest)), high: Math.min(top, domain[1]) };
  });
}

/** The losses to show: all, unless the first quarter of the steps would press the rest into less than half of the frame. */
export function frame(rows: readonly LossRow[]): { domain: [number, number]; clipped: boolean } {
  const lastStep = Math.max(...rows.map(({ step }) => step));
  const low = Math.min(...rows.map(({ lowest }) => lowest));
  const high = Math.max(...rows.map(({ highest }) => highest));
  const later = rows.filter(({ step }) => step >= lastStep / 4).map(({ highest }) => highest);
  const top = later.length > 0 ? Math.max(...later) : high;
  const clipped = high - low > 2 * (top - low) && top > low;
  const margin = 0.04 * ((clipped ? top : high) - low) || 0.1;
  return { domain: [low - margin, (clipped ? top : high) + margin], clipped };
}
