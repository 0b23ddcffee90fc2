/** What claims are weighed by: results as they were read, nothing else. */
import type { BenchRecord } from '../bench/record.ts';
import type { MemoryFigures } from '../report/claims/memoryFigures.ts';
import type { Analysis } from '../results/analysis.ts';
import type { RunRecord } from '../results/record.ts';
import type { BestRateSummary, Summary } from '../results/summary.ts';
import { NotMeasured } from './notMeasured.ts';

export interface Evidence {
  readonly experiments: readonly WeighedExperiment[];
  /** Times of steps; null where none were taken. */
  readonly bench: BenchRecord | null;
  /** What was counted from configurations alone; null where these are not there. */
  readonly memory: MemoryFigures | null;
}

export interface WeighedExperiment {
  /** Name of its folder, beside the page of claims. */
  readonly folder: string;
  readonly summary: Summary;
  readonly records: readonly RunRecord[];
  /** Of the runs that the summary shows. */
  readonly analysis: Analysis | null;
}

/** A variant at its best rate. */
export function bestOf({ summary }: WeighedExperiment, variant: string): BestRateSummary {
  const found = summary.variants.find((one) => one.variant === variant);
  if (!found) throw new NotMeasured(`there is no variant '${variant}'`);
  if (!found.best) throw new NotMeasured(`'${variant}' has no rate at which all its runs finished`);
  return found.best;
}

/** The analysis of what the runs have changed. */
export function analysisOf({ analysis, folder }: WeighedExperiment): Analysis {
  if (analysis) return analysis;
  throw new NotMeasured(`what the runs changed was not analysed: npx adapterlab analyse results/${folder}`);
}

/** Of one variant. */
export function analysedVariant(experiment: WeighedExperiment, variant: string): Analysis['variants'][string] {
  const found = analysisOf(experiment).variants[variant];
  if (!found) throw new NotMeasured(`the analysis has no current runs of '${variant}'`);
  return found;
}
