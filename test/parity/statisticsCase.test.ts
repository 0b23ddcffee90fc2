import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compareStatistics, statisticsCase } from '../../src/parity/statisticsCase.ts';
import type { RecordedStatistics } from '../../src/parity/recordedStatistics.ts';
import { describeWithShared, shared } from '../shared.ts';

describeWithShared('statistics', () => {
  const recorded = (): RecordedStatistics =>
    JSON.parse(readFileSync(shared('fixtures/statistics/expected.json'), 'utf8')) as RecordedStatistics;

  /** What is beyond its tolerance after a change of the reference. */
  function beyond(change: (reference: RecordedStatistics) => void): string[] {
    const reference = recorded();
    change(reference);
    return Object.entries(compareStatistics(reference)).flatMap(([what, { value, tolerance }]) =>
      value <= tolerance ? [] : [what],
    );
  }

  test('are those of scipy and statsmodels', () => {
    const { deviations } = statisticsCase.check(shared('fixtures/statistics'), { only: null, exportTo: null });
    expect(Object.entries(deviations).filter(([, { value, tolerance }]) => !(value <= tolerance))).toEqual([]);
    expect(Object.keys(deviations)).toHaveLength(24);
  });

  test.each<[string, (reference: RecordedStatistics) => void]>([
    ['oneSample.mean', ({ oneSample }) => (oneSample[1].mean += 1e-8)],
    ['oneSample.standardDeviation', ({ oneSample }) => (oneSample[1].standardDeviation *= 1.01)],
    ['oneSample.quartiles', ({ oneSample }) => oneSample[1].quartiles.reverse()],
    ['oneSample.tInterval', ({ oneSample }) => (oneSample[2].tInterval95[1] += 1e-7)],
    ['oneSample.acceleration', ({ oneSample }) => (oneSample[2].bca!.acceleration *= -1)],
    ['paired.p', ({ paired }) => (paired[8].p *= 1.00001)],
    ['paired.dz', ({ paired }) => (paired[0].cohenDz *= Math.sqrt(5 / 4))],
    ['paired.wilcoxonP', ({ paired }) => (paired[4].wilcoxonP /= 2)],
    ['paired.smallestDz', ({ paired }) => (paired[0].smallestDetectableDz80 += 1e-5)],
    ['paired.power', ({ paired }) => (paired[0].power! += 1e-6)],
    ['holm.p', (reference) => (reference.holm[1].holm = reference.holm[1].p)],
    ['holm.rejected', ({ holm }) => (holm[2].reject05[0] = !holm[2].reject05[0])],
    ['correlation.spearmanTies', ({ correlation }) => (correlation.spearmanTies = correlation.spearman)],
    ['tQuantile', ({ tQuantiles }) => (tQuantiles[0].df += 1)],
  ])('notice another %s', (what, change) => {
    expect(beyond(change)).toEqual([what]);
  });

  test('notice a bootstrap interval that lies elsewhere, and one of a constant sample', () => {
    const elsewhere = ({ oneSample }: RecordedStatistics): void => {
      const skewed = oneSample.find(({ sample, bca }) => sample.length === 12 && Math.abs(bca!.acceleration) > 0.05)!;
      // The percentiles without acceleration and bias.
      for (const interval of skewed.bca!.interval95) interval[1] *= 0.96;
    };
    expect(beyond(elsewhere)).toEqual(['oneSample.bcaInterval']);
    const constant = ({ oneSample }: RecordedStatistics): unknown => (oneSample[0].bca = undefined);
    expect(beyond(constant)).toEqual(['oneSample.bcaInterval']);
  });
});
