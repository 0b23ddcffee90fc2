import type { Estimate } from '../../results/estimate.ts';
import type { Summary } from '../../results/summary.ts';

/** What one run reached at its variant's best rate, or a base before adaptation: losses in nats on test data. */
export interface Outcome {
  learnLossNats: number;
  retainLossNats: number;
}

export interface SeedOutcome extends Outcome {
  variant: string;
}

/** Means over seeds with the bounds of their 95 % intervals (the mean itself for one seed). */
export interface MeanOutcome extends SeedOutcome {
  learnLow: number;
  learnHigh: number;
  retainLow: number;
  retainHigh: number;
}

/** A base; variants that store it in another way (in four bits, say) start from another one. */
export interface BaseOutcome extends Outcome {
  label: string;
}

export interface Outcomes {
  seeds: SeedOutcome[];
  means: MeanOutcome[];
  bases: BaseOutcome[];
}

export function outcomes(summary: Summary): Outcomes {
  const done = summary.variants.flatMap(({ variant, best }) => (best ? [{ variant, best }] : []));
  return {
    seeds: done.flatMap(({ variant, best }) =>
      best.runs.map(({ final }) => ({
        variant,
        learnLossNats: final.learn.test.lossNats,
        retainLossNats: final.retain.test.lossNats,
      })),
    ),
    means: done.map(({ variant, best }) => {
      const { lossNats: learn } = best.learn;
      const { lossNats: retain } = best.retain;
      const [learnLow, learnHigh] = bounds(learn);
      const [retainLow, retainHigh] = bounds(retain);
      return {
        variant,
        learnLossNats: learn.mean,
        retainLossNats: retain.mean,
        learnLow,
        learnHigh,
        retainLow,
        retainHigh,
      };
    }),
    bases: bases(summary),
  };
}

function bounds({ mean, interval }: Estimate): [number, number] {
  return interval === null ? [mean, mean] : [interval.low, interval.high];
}

/** One base where all variants start from the same to four digits, else each with the names of its variants. */
function bases({ variants }: Summary): BaseOutcome[] {
  const found = new Map<string, Outcome & { of: string[] }>();
  for (const { variant, best } of variants) {
    if (best === null) continue;
    const key = `${best.base.learnLossNats.toPrecision(4)} ${best.base.retainLossNats.toPrecision(4)}`;
    found.set(key, { ...best.base, of: [...(found.get(key)?.of ?? []), variant] });
  }
  return [...found.values()].map(({ of, ...base }) => ({
    ...base,
    label:
      found.size === 1 ? 'base' : `base of ${of.length > 2 ? `${of[0]} and ${of.length - 1} others` : of.join(', ')}`,
  }));
}
