import { intrinsicDimension } from './intrinsicDimension.ts';
import { type Estimate, estimate, type SeedValue } from '../results/estimate.ts';
import type { Summary, VariantSummary } from '../results/summary.ts';

/**
 * Training confined to random subspaces (variants with a number as the factor `dimension`), held against training of all numbers:
 * the variant that they name as their reference.
 */
export interface Subspaces {
  reference: string;
  /** Numbers that the reference trains. */
  parameters: number;
  /** By rising dimension. */
  arms: SubspaceArm[];
  /** Seeds of the reference. */
  seeds: number;
  /** d₉₀ of the seeds that reach it: of the reference's gain on the target, in nats of the test loss, 90 % (arXiv:1804.08838). */
  reached: SeedValue[];
}

export interface SubspaceArm {
  dimension: number;
  factors: VariantSummary['factors'];
  /** Of the reference's gain, over the seeds of both. */
  share: Estimate;
}

/** Variants at their best rates, by reference; a reference that has gained nothing in some seed is left out in that seed. */
export function randomSubspaces({ variants }: Summary): Subspaces[] {
  return variants.flatMap(({ variant: reference, best: full }): Subspaces[] => {
    if (!full) return [];
    const base = full.base.learnLossNats;
    const gained = full.learn['lossNats']!.values.filter(({ value }) => value < base);
    const arms = variants
      .flatMap((row) => {
        const { dimension } = row.factors;
        if (row.reference !== reference || !row.best || typeof dimension !== 'number' || dimension <= 0) return [];
        const values = row.best.learn['lossNats']!.values;
        return [{ dimension, factors: row.factors, values: values.filter((of) => at(gained, of.seed) !== undefined) }];
      })
      .filter(({ values }) => values.length > 0)
      .sort((a, b) => a.dimension - b.dimension);
    if (arms.length === 0) return [];
    const reached = gained.flatMap(({ seed, value }) => {
      const points = arms.flatMap(({ dimension, values }) => {
        const score = at(values, seed);
        return score === undefined ? [] : [{ dimension, score }];
      });
      const { interpolated } = points.length === 0 ? { interpolated: null } : intrinsicDimension(points, value, base);
      return interpolated === null ? [] : [{ seed, value: interpolated }];
    });
    return [
      {
        reference,
        parameters: full.trainableParameters,
        arms: arms.map(({ dimension, factors, values }) => ({
          dimension,
          factors,
          share: estimate(
            values.map(({ seed, value }) => ({ seed, value: (base - value) / (base - at(gained, seed)!) })),
          ),
        })),
        seeds: full.runs.length,
        reached,
      },
    ];
  });
}

const at = (values: readonly SeedValue[], seed: number): number | undefined =>
  values.find((one) => one.seed === seed)?.value;
