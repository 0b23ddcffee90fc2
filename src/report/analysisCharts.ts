import type { Analysis } from '../results/analysis.ts';
import type { Summary } from '../results/summary.ts';
import type { Chart } from './chart.ts';
import { amplificationFactor } from './charts/amplificationFactor.ts';
import { directionSimilarity } from './charts/directionSimilarity.ts';
import { gradientNormsByRole } from './charts/gradientNormsByRole.ts';
import { intruderDimensions } from './charts/intruderDimensions.ts';
import { magnitudeAgainstDirection } from './charts/magnitudeAgainstDirection.ts';
import { mergedAndRounded } from './charts/mergedAndRounded.ts';
import { quantizationErrorByLayer } from './charts/quantizationErrorByLayer.ts';
import { effectiveRanksByLayer, finalRanksByLayer } from './charts/ranksByLayer.ts';
import { singularSpectra } from './charts/singularSpectra.ts';

/** What the runs did to the base, where it was analysed, in the order of the report. */
export function analysisCharts(summary: Summary, analysis: Analysis): Chart[] {
  const variants = summary.variants.map(({ variant }) => variant);
  return [
    singularSpectra(variants, analysis),
    effectiveRanksByLayer(variants, analysis),
    finalRanksByLayer(summary),
    directionSimilarity(variants, analysis),
    amplificationFactor(variants, analysis),
    intruderDimensions(variants, analysis),
    magnitudeAgainstDirection(variants, analysis),
    gradientNormsByRole(summary),
    quantizationErrorByLayer(variants, analysis),
    mergedAndRounded(variants, analysis),
  ].filter((chart) => chart !== null);
}
