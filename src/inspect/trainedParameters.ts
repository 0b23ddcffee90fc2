/** How many numbers train, from shapes alone. */
import type { InspectedSite } from './inspectedSite.ts';

export interface TrainedParameters {
  /** Before the first step. */
  readonly start: number;
  /** After pruning: a site of rank r that is left with r′ uses r′/r of its update's numbers. */
  readonly end: number;
}

/** `meanRankAtEnd`: what a control prunes to, taken as if each site had it; null where none does. */
export function trainedParameters(sites: readonly InspectedSite[], meanRankAtEnd: number | null): TrainedParameters {
  const start = sites.reduce((sum, { parameters }) => sum + parameters, 0);
  if (meanRankAtEnd === null) return { start, end: start };
  const pruned = sites.map(({ trained, derived: { rank } }) => {
    if (rank === undefined) return 0;
    const ofUpdate = trained
      .filter(({ slot }) => slot === 'update')
      .reduce((sum, { parameters }) => sum + parameters, 0);
    return (ofUpdate / rank) * Math.max(0, rank - meanRankAtEnd);
  });
  return { start, end: start - pruned.reduce((sum, numbers) => sum + numbers, 0) };
}
