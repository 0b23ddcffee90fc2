import { type Comparison, compare } from './comparison.ts';
import { type Estimate, estimate } from './estimate.ts';
import type { ExperimentPlan } from './experimentPlan.ts';
import {
  type PlaceInGrid,
  type RateSummary,
  type RunCounts,
  bestRate,
  placeInGrid,
  rateSummaries,
} from './learningRates.ts';
import type { FinishedRun, RunRecord } from './record.ts';
import type { BytesByHolder } from './record/derived.ts';
import { mean } from '../statistics/mean.ts';

export interface Summary {
  experiment: string;
  question: string;
  /** The variant that the others are compared with: LoRA, or the first one where there is none of that name. */
  reference: string;
  variants: VariantSummary[];
  counts: RunCounts;
}

export interface VariantSummary {
  variant: string;
  rates: RateSummary[];
  counts: RunCounts;
  /** At the rate with the best validation loss; null where at every rate some run diverged, failed or is missing. */
  best: BestRateSummary | null;
}

/** Measured on test data, each metric by its name (`lossNats`, `exactMatch` ...); means over seeds. */
export interface BestRateSummary {
  learningRate: number;
  place: PlaceInGrid;
  learn: Record<string, Estimate>;
  retain: Record<string, Estimate>;
  /** The base before any adapter: loss in nats on the test data of both tasks. */
  base: { learnLossNats: number; retainLossNats: number };
  trainableParameters: number;
  trainableParametersAtEnd: number;
  bytes: BytesByHolder;
  /** Smallest and largest effective scale over the sites; null where no site has one. */
  scale: { smallest: number; largest: number } | null;
  secondsPerStep: number | null;
  runs: FinishedRun[];
  /** Against the reference, seed by seed; null for the reference itself and where nothing can be compared. */
  against: { learn: Comparison | null; retain: Comparison | null } | null;
}

/** Summarizes the records of a plan: one row per variant, in the plan's order. */
export function summarize(plan: ExperimentPlan, records: readonly RunRecord[]): Summary {
  const names = Object.keys(plan.variants);
  const reference = names.find((name) => name.toLowerCase() === 'lora') ?? names[0] ?? '';
  const variants = names.map((variant): VariantSummary => {
    const rates = rateSummaries(
      plan.runs.filter((run) => run.variant === variant),
      records.filter((record) => record.plan.variant === variant),
    );
    const best = bestRate(rates);
    return { variant, rates, counts: total(rates), best: best && atBestRate(best, placeInGrid(rates, best)) };
  });
  const of = variants.find(({ variant }) => variant === reference)?.best;
  for (const { variant, best } of variants) {
    if (!of || !best || variant === reference) continue;
    best.against = {
      learn: compare(reference, of.learn.lossNats, best.learn.lossNats),
      retain: compare(reference, of.retain.lossNats, best.retain.lossNats),
    };
  }
  return { experiment: plan.experiment, question: plan.question, reference, variants, counts: total(variants) };
}

function atBestRate({ learningRate, finished }: RateSummary, place: PlaceInGrid): BestRateSummary {
  const average = (pick: (run: FinishedRun) => number): number => mean(finished.map(pick));
  const scales = finished.flatMap((run) => run.derived.sites.flatMap(({ scale }) => scale ?? []));
  const seconds = finished.flatMap(({ times }) => times.secondsPerStep ?? []);
  const bytesOf = (holder: keyof BytesByHolder): number => average((run) => run.derived.bytes[holder]);
  return {
    learningRate,
    place,
    learn: estimates(finished, ({ final }) => final.learn.test),
    retain: estimates(finished, ({ final }) => final.retain.test),
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

function total(parts: readonly { counts: RunCounts }[]): RunCounts {
  const sum = (status: keyof RunCounts): number => parts.reduce((count, part) => count + part.counts[status], 0);
  return { finished: sum('finished'), diverged: sum('diverged'), failed: sum('failed'), missing: sum('missing') };
}
