import type { RunRecord } from '../results/record.ts';
import type { Summary } from '../results/summary.ts';
import type { Chart } from './chart.ts';
import { adaloraRanks } from './charts/adaloraRanks.ts';
import { bytesByHolder } from './charts/bytesByHolder.ts';
import { gradientsAtStart } from './charts/gradientsAtStart.ts';
import { intrinsicDimension } from './charts/intrinsicDimension.ts';
import { learningRateSweep } from './charts/learningRateSweep.ts';
import { learntAgainstForgotten } from './charts/learntAgainstForgotten.ts';
import { lossCurves } from './charts/lossCurves.ts';
import { qualityAgainstParameters } from './charts/qualityAgainstParameters.ts';
import { scoreAgainstFactor } from './charts/scoreAgainstFactor.ts';
import { scoreByTwoFactors } from './charts/scoreByTwoFactors.ts';

/** Every chart that the records have something for, in the order of the report. */
export function charts(summary: Summary, records: readonly RunRecord[]): Chart[] {
  const variants = summary.variants.map(({ variant }) => variant);
  return [
    learntAgainstForgotten(summary),
    learningRateSweep(summary),
    lossCurves(summary, 'learnt'),
    lossCurves(summary, 'forgotten'),
    lossCurves(summary, 'training'),
    qualityAgainstParameters(summary),
    intrinsicDimension(summary),
    ...scoreAgainstFactor(summary),
    scoreByTwoFactors(summary),
    ...adaloraRanks(summary),
    gradientsAtStart(variants, records),
    bytesByHolder(summary),
  ].filter((chart) => chart !== null);
}
