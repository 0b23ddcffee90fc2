/** Statistics of samples, pairs and families of tests, as scipy and statsmodels have them: a folder with an expected.json. */
import path from 'node:path';
import { acceleration, bcaInterval } from '../statistics/bcaInterval.ts';
import { pearson, spearman } from '../statistics/correlation.ts';
import { holm } from '../statistics/holm.ts';
import { mean } from '../statistics/mean.ts';
import { normalQuantile } from '../statistics/normal.ts';
import { pairedTest } from '../statistics/pairedTest.ts';
import { pairedPower, smallestEffect } from '../statistics/power.ts';
import { median, quantile } from '../statistics/quantile.ts';
import { standardDeviation } from '../statistics/standardDeviation.ts';
import { studentTQuantile } from '../statistics/studentT.ts';
import { type Interval, tInterval } from '../statistics/tInterval.ts';
import { welchTest } from '../statistics/welchTest.ts';
import { wilcoxonSignedRank } from '../statistics/wilcoxonSignedRank.ts';
import { stream } from '../tensor/random.ts';
import { type Deviation, largestDifference, largestRelativeDifference } from './caseResult.ts';
import { share } from './deviationText.ts';
import type { Kind } from './kind.ts';
import {
  type RecordedPair,
  type RecordedSample,
  type RecordedStatistics,
  recordedStatistics,
} from './recordedStatistics.ts';
import { parsed } from './runCase.ts';

/** Of closed forms, and of quantiles and power, which are solved for or integrated. */
const [closed, solved] = [1e-9, 1e-6];

type Found = [what: string, deviation: Deviation];

export const statisticsCase: Kind = {
  kind: 'statistics',
  find: (folder) =>
    folder.holds('expected.json', 'oneSample', 'paired', 'holm', 'correlation') === true ? [folder.path] : [],
  knownTypes: [],
  types: () => [],
  check: (folder) => ({
    deviations: compareStatistics(parsed(recordedStatistics, path.join(folder, 'expected.json'))),
  }),
};

/** Of everything of a name, the deviation with the largest share of its tolerance. */
export function compareStatistics(recorded: RecordedStatistics): { [what: string]: Deviation } {
  const { x, y, yTies, ...correlation } = recorded.correlation;
  const found: Found[] = [
    ...recorded.oneSample.flatMap(compareSample),
    ...recorded.paired.flatMap(comparePair),
    ...recorded.holm.flatMap(({ p, holm: wanted, reject05 }) => [
      relative(
        'holm.p',
        holm(p).map((each) => each.p),
        wanted,
      ),
      relative(
        'holm.rejected',
        holm(p).map(({ rejected }) => Number(rejected)),
        reject05.map(Number),
      ),
    ]),
    absolute('correlation.pearson', [pearson(x, y)], [correlation.pearson]),
    absolute('correlation.spearman', [spearman(x, y)], [correlation.spearman]),
    absolute('correlation.spearmanTies', [spearman(x, yTies)], [correlation.spearmanTies]),
    ...recorded.tQuantiles.map(({ p, df, value }) => relative('tQuantile', [studentTQuantile(p, df)], [value], solved)),
    ...recorded.normalQuantiles.map(({ p, value }) => relative('normalQuantile', [normalQuantile(p)], [value], solved)),
  ];
  const worst: { [what: string]: Deviation } = {};
  for (const [what, deviation] of found)
    if (!Object.hasOwn(worst, what) || share(deviation) > share(worst[what])) worst[what] = deviation;
  return worst;
}

function compareSample({ sample, bca, ...wanted }: RecordedSample): Found[] {
  const standardError = standardDeviation(sample) / Math.sqrt(sample.length);
  return [
    relative('oneSample.mean', [mean(sample)], [wanted.mean]),
    relative('oneSample.standardDeviation', [standardDeviation(sample)], [wanted.standardDeviation]),
    relative('oneSample.standardError', [standardError], [wanted.standardError]),
    relative('oneSample.median', [median(sample)], [wanted.median]),
    relative('oneSample.quartiles', [quantile(sample, 0.25), quantile(sample, 0.75)], wanted.quartiles),
    relative('oneSample.tInterval', boundsOf(tInterval(sample)), wanted.tInterval95),
    absolute('oneSample.acceleration', bca ? [acceleration(sample)] : [], bca ? [bca.acceleration] : []),
    [
      'oneSample.bcaInterval',
      bca ? bootstrapDeviation(sample, bca.interval95) : { value: bcaInterval(sample) ? Infinity : 0, tolerance: 0 },
    ],
  ];
}

function comparePair({ a, b, power, ...wanted }: RecordedPair): Found[] {
  const test = pairedTest(a, b);
  return [
    relative('paired.mean', [test.mean], [wanted.meanDifference]),
    relative('paired.t', [test.t], [wanted.t]),
    relative('paired.p', [test.p], [wanted.p]),
    relative('paired.interval', boundsOf(test.interval), wanted.interval95),
    relative('paired.dz', [test.dz], [wanted.cohenDz]),
    relative('paired.wilcoxonP', [wilcoxonSignedRank(a, b)], [wanted.wilcoxonP]),
    relative('paired.welchP', [welchTest(a, b)?.p ?? null], [wanted.unpairedWelchP]),
    relative('paired.smallestDz', [smallestEffect(a.length)], [wanted.smallestDetectableDz80], solved),
    relative(
      'paired.power',
      power === null ? [] : [pairedPower(test.dz ?? NaN, a.length)],
      power === null ? [] : [power],
      solved,
    ),
  ];
}

/**
 * A bootstrap is a draw: the runs of the reference differ, and so do as many of ours, each from a stream of its own; the one that
 * reports take is the first. How far the two sets lie apart may be as much as they spread, both together.
 */
function bootstrapDeviation(sample: readonly number[], wanted: readonly (readonly [number, number])[]): Deviation {
  const got = wanted.map((_, run) => bcaInterval(sample, 0.95, run === 0 ? undefined : stream(run, 'bootstrap')));
  const deviations = [0, 1].map((bound) => {
    const [ours, theirs] = [got.map((interval) => boundsOf(interval)[bound] ?? NaN), wanted.map((each) => each[bound])];
    const apart = Math.max(Math.min(...ours) - Math.max(...theirs), Math.min(...theirs) - Math.max(...ours), 0);
    const rounding = closed * Math.max(...theirs.map(Math.abs));
    return { value: apart, tolerance: spread(ours) + spread(theirs) + rounding };
  });
  return deviations[0] && share(deviations[0]) > share(deviations[1]) ? deviations[0] : deviations[1];
}

const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

const boundsOf = (interval: Interval | null): readonly [number | null, number | null] =>
  interval === null ? [null, null] : [interval.low, interval.high];

function relative(
  what: string,
  got: readonly (number | null)[],
  wanted: readonly number[],
  tolerance: number = closed,
): Found {
  return [
    what,
    {
      value: largestRelativeDifference(
        got.map((value) => value ?? NaN),
        wanted,
      ),
      tolerance,
    },
  ];
}

/** Of what has no unit and may be zero but for rounding. */
function absolute(what: string, got: readonly (number | null)[], wanted: readonly number[]): Found {
  const value = largestDifference(
    got.map((each) => each ?? NaN),
    wanted,
  );
  return [what, { value, tolerance: closed }];
}
