import type { VariantSummary } from './summary.ts';

/** What differs between the variants beside the method, and so may explain a difference: smallest and largest; null where all agree. */
export interface Unmatched {
  trainableParameters: Range | null;
  /** Null as well where no rank was pruned. */
  trainableParametersAtEnd: Range | null;
  /** Effective scale of the update over all sites; variants without one are left out. */
  scale: Range | null;
  /** How many learning rates were tried. */
  rates: Range | null;
}

export interface Range {
  smallest: number;
  largest: number;
}

/** Relative: AdaLoRA divides its α by r + 1e-5, which is the r of others to all intents. */
const sameScale = 1e-4;

/** Of the variants that have a best rate. */
export function unmatched(variants: readonly VariantSummary[]): Unmatched {
  const known = variants.flatMap(({ best, rates }) => (best ? [{ ...best, tried: rates.length }] : []));
  const isPruned = known.some((best) => best.trainableParametersAtEnd !== best.trainableParameters);
  return {
    trainableParameters: range(known.map((best) => best.trainableParameters)),
    trainableParametersAtEnd: isPruned ? range(known.map((best) => best.trainableParametersAtEnd)) : null,
    scale: range(
      known.flatMap(({ scale }) => (scale ? [scale.smallest, scale.largest] : [])),
      sameScale,
    ),
    rates: range(known.map(({ tried }) => tried)),
  };
}

function range(values: readonly number[], same = 1e-9): Range | null {
  const [smallest, largest] = [Math.min(...values), Math.max(...values)];
  return largest - smallest > same * Math.abs(largest) ? { smallest, largest } : null;
}
