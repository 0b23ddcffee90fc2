import { coarsePoint } from './fairness/betweenRates.ts';
import { manyComparisonsPoint, powerPoint } from './fairness/chance.ts';
import { baselinePoint, compositionPoint, storagePoint } from './fairness/methods.ts';
import { gridPoint, selectionPoint, stoppedPoint } from './fairness/learningRates.ts';
import { penaltyPoint, nothingLearntPoint } from './fairness/measurement.ts';
import { budgetPoint, prunedPoint, scalePoint } from './fairness/matching.ts';
import { pairedPoint, randomnessPoint, seedsPoint } from './fairness/seeds.ts';
import type { ReportedExperiment } from './experiments.ts';

/** A way in which comparisons of methods are unfair, how it is excluded here or shown, and what the records say of it. */
export interface FairnessPoint {
  /** The way to be unfair. */
  danger: string;
  /** What is done about it. */
  remedy: string;
  /** From the records. */
  figures: string[];
}

/**
 * Every way to be unfair that has been found in published comparisons of these methods (one seed; a seed that does not reach all
 * that is random; one learning rate for all, or a coarse grid; scales and budgets that differ; a penalty inside the reported loss; the other type of four
 * bits; methods and baselines left out; metrics without noise shown), and what else a
 * reader may suspect: too many comparisons, too few seeds, choice by the test data, runs left out.
 */
export function fairness(experiments: readonly ReportedExperiment[]): FairnessPoint[] {
  const points = [
    seedsPoint,
    manyComparisonsPoint,
    powerPoint,
    randomnessPoint,
    pairedPoint,
    gridPoint,
    coarsePoint,
    selectionPoint,
    scalePoint,
    budgetPoint,
    prunedPoint,
    penaltyPoint,
    storagePoint,
    baselinePoint,
    compositionPoint,
    nothingLearntPoint,
    stoppedPoint,
  ];
  return points.map((point) => point(experiments));
}
