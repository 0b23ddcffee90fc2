import { mean } from '../statistics/mean.ts';
import type { Comparison } from './comparison.ts';
import { type Estimate, estimate } from './estimate.ts';
import type { PlaceInGrid, RateSummary } from './learningRates.ts';
import type { MatchedQuality } from './matchedQuality.ts';
import type { FinishedRun } from './record.ts';
import type { BytesByHolder } from './record/derived.ts';

/** Measured on test data, each metric by its name (`lossNats`, `exactMatch` ...); means over seeds. */
export interface BestRateSummary {
  learningRate: number;
  place: PlaceInGrid;
  learn: Record<string, Estimate>;
  retain: Record<string, Estimate>;
  /** Of the tasks that are scored beside target and source, by name; empty where there is none. */
  observe: Record<string, Record<string, Estimate>>;
  /** The base before any adapter: loss in nats on the test data of both tasks. */
  base: { learnLossNats: number; retainLossNats: number };
  trainableParameters: number;
  trainableParametersAtEnd: number;
  bytes: BytesByHolder;
  /** Smallest and largest effective scale over the sites; null where no site has one. */
  scale: { smallest: number; largest: number } | null;
  secondsPerStep: number | null;
  runs: FinishedRun[];
  /** Against its reference, seed by seed; null for a variant that is compared with nothing, or with one that has no best rate. */
  against: Against | null;
}

/** Each comparison belongs to the family of all variants' comparisons of that quantity; null where two variants have no seed in common. */
export interface Against {
  reference: string;
  /** Test loss on the target and on the source. */
  learn: Comparison | null;
  retain: Comparison | null;
  /** Source loss where both have learnt the target equally well; null where no such level exists. */
  matched: (MatchedQuality & { comparison: Comparison | null }) | null;
}

/** Of the runs at one rate, compared with nothing yet. */
export function atBestRate({ learningRate, finished }: RateSummary, place: PlaceInGrid): BestRateSummary {
  const average = (pick: (run: FinishedRun) => number): number => mean(finished.map(pick));
  const scales = finished.flatMap((run) => run.derived.sites.scale.flatMap((scale) => scale ?? []));
  const seconds = finished.flatMap(({ times }) => times.secondsPerStep ?? []);
  const tasks = [...new Set(finished.flatMap(({ final }) => Object.keys(final.observe ?? {})))];
  const bytesOf = (holder: keyof BytesByHolder): number => average((run) => run.derived.bytes[holder]);
  return {
    learningRate,
    place,
    learn: estimates(finished, ({ final }) => final.learn.test),
    retain: estimates(finished, ({ final }) => final.retain.test),
    observe: Object.fromEntries(
      tasks.map((task) => [task, estimates(finished, ({ final }) => final.observe?.[task] ?? {})]),
    ),
    base: {
      learnLossNats: average(({ before }) => before.learn.test.lossNats),
      retainLossNats: average(({ before }) => before.retain.test.lossNats),
    },
    trainableParameters: average((run) => run.derived.trainableParameters),
    trainableParametersAtEnd: average((run) => run.derived.trainableParametersAtEnd),
    bytes: {
      base: bytesOf('base'),
      adapter: bytesOf('adapter'),
      gradients: bytesOf('gradients'),
      optimizer: bytesOf('optimizer'),
      activations: bytesOf('activations'),
    },
    scale: scales.length === 0 ? null : { smallest: Math.min(...scales), largest: Math.max(...scales) },
    secondsPerStep: seconds.length === 0 ? null : mean(seconds),
    runs: finished,
    against: null,
  };
}

/** Every metric that all runs have. */
function estimates(
  runs: readonly FinishedRun[],
  metrics: (run: FinishedRun) => Record<string, number>,
): Record<string, Estimate> {
  const names = Object.keys(metrics(runs[0])).filter((name) => runs.every((run) => name in metrics(run)));
  return Object.fromEntries(
    names.map((name) => [name, estimate(runs.map((run) => ({ seed: run.plan.seed, value: metrics(run)[name] })))]),
  );
}
