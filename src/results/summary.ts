import { type Against, atBestRate, type BestRateSummary } from './bestRateSummary.ts';
import { compareFamily, type ComparisonRequest } from './comparison.ts';
import type { ExperimentPlan } from './experimentPlan.ts';
import { frontier, type FrontierPoint } from './frontier.ts';
import { bestRate, placeInGrid, type RateSummary, rateSummaries, type RunCounts } from './learningRates.ts';
import { atMatchedQuality, matchedQuality } from './matchedQuality.ts';
import { type MethodSpread, methodSpread } from './methodSpread.ts';
import type { RunRecord } from './record.ts';
import { references } from './references.ts';
import { type Unmatched, unmatched } from './unmatched.ts';
import { ofVariant, type VariantInPlan } from './variantInPlan.ts';

export type { Against, BestRateSummary } from './bestRateSummary.ts';

export interface Summary {
  experiment: string;
  question: string;
  /** The variant that the others are compared with, unless they name another: LoRA, or the first one where there is none of that name. */
  reference: string;
  variants: VariantSummary[];
  counts: RunCounts;
  /** Of the test losses at the best rates; null for fewer than two variants with two seeds. */
  spread: { learn: MethodSpread | null; retain: MethodSpread | null };
  unmatched: Unmatched;
  /** On validation data, over all variants and rates. */
  frontier: FrontierPoint[];
}

export interface VariantSummary {
  variant: string;
  /** Its place in the design; empty where the plan gives none. */
  factors: VariantInPlan['factors'];
  /** The size that was solved for; null where its recipe has its own. */
  matched: VariantInPlan['matched'];
  /** What it is compared with; null for one that is compared with nothing. */
  reference: string | null;
  rates: RateSummary[];
  counts: RunCounts;
  /** At the rate with the best validation loss; null where at every rate some run diverged, failed or is missing. */
  best: BestRateSummary | null;
}

/** Summarizes the records of a plan: one row per variant, in the plan's order. */
export function summarize(plan: ExperimentPlan, records: readonly RunRecord[]): Summary {
  const { main, of } = references(plan);
  const variants = Object.keys(plan.variants).map((variant): VariantSummary => {
    const rates = rateSummaries(
      plan.runs.filter((run) => run.variant === variant),
      records.filter((record) => record.plan.variant === variant),
    );
    const best = bestRate(rates);
    const { factors, matched } = ofVariant(plan, variant);
    const chosen = best && atBestRate(best, placeInGrid(rates, best));
    return { variant, factors, matched, reference: of[variant]!, rates, counts: total(rates), best: chosen };
  });
  compareAll(variants);
  const bests = variants.flatMap(({ best }) => best ?? []);
  return {
    experiment: plan.experiment,
    question: plan.question,
    reference: main,
    variants,
    counts: total(variants),
    spread: {
      learn: methodSpread(bests.map(({ learn }) => learn.lossNats)),
      retain: methodSpread(bests.map(({ retain }) => retain.lossNats)),
    },
    unmatched: unmatched(variants),
    frontier: frontier(variants),
  };
}

/** Sets `against` of every variant that can be compared. The comparisons of one quantity are one family. */
function compareAll(variants: readonly VariantSummary[]): void {
  const pairs = variants.flatMap(({ best, reference }) => {
    const of = variants.find(({ variant }) => variant === reference)?.best;
    if (reference === null || !best || !of) return [];
    return [{ reference, best, of, matched: matchedQuality(reference, of.runs, best.runs) }];
  });
  const ofTask = (task: 'learn' | 'retain'): ComparisonRequest[] =>
    pairs.map(({ reference, of, best }) => ({
      reference,
      of: of[task].lossNats.values,
      variant: best[task].lossNats.values,
    }));
  const learn = compareFamily(ofTask('learn'));
  const retain = compareFamily(ofTask('retain'));
  const matched = compareFamily(pairs.map((pair) => atMatchedQuality(pair.matched)));
  pairs.forEach((pair, index) => {
    const against: Against = {
      reference: pair.reference,
      learn: learn[index],
      retain: retain[index],
      matched: pair.matched && { ...pair.matched, comparison: matched[index] },
    };
    pair.best.against = against;
  });
}

function total(parts: readonly { counts: RunCounts }[]): RunCounts {
  const sum = (status: keyof RunCounts): number => parts.reduce((count, part) => count + part.counts[status], 0);
  return { finished: sum('finished'), diverged: sum('diverged'), failed: sum('failed'), missing: sum('missing') };
}
