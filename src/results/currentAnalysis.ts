/** The part of an analysis that is of the runs which a summary shows: an older one may know of other rates or seeds. */
import type { Analysis } from './analysis.ts';
import type { Summary } from './summary.ts';

export interface CurrentAnalysis {
  readonly analysis: Analysis;
  /** Variants that have other runs now, or none that were analysed. */
  readonly outdated: readonly string[];
}

export function currentAnalysis(analysis: Analysis, summary: Summary): CurrentAnalysis {
  const isCurrent = (name: string): boolean => {
    const best = summary.variants.find(({ variant }) => variant === name)?.best;
    const hashes = (runs: readonly string[]): string => [...runs].sort().join();
    const analysed = analysis.variants[name]?.runs.map(({ hash }) => hash) ?? [];
    return best != null && hashes(best.runs.map(({ plan }) => plan.hash)) === hashes(analysed);
  };
  const { pairs, baselines } = analysis.similarity;
  const entries = Object.entries(analysis.variants).filter(([name]) => isCurrent(name));
  return {
    analysis: {
      ...analysis,
      variants: Object.fromEntries(entries),
      similarity: { baselines, pairs: pairs.filter(({ a, b }) => isCurrent(a) && isCurrent(b)) },
    },
    outdated: summary.variants.flatMap(({ variant, best }) => (best && !isCurrent(variant) ? [variant] : [])),
  };
}
