import type { SeedValue } from '../../results/estimate.ts';
import { type Claim, from } from '../claim.ts';
import type { WeighedExperiment } from '../evidence.ts';
import { closeness, type Finding } from '../finding.ts';
import { marginOf } from '../margin.ts';
import { bySeed, less, lossOf } from '../seedValues.ts';
import { cellOf, digitsOf, examplesOf, ranksOf } from './dataCells.ts';

const enough = 4;

export const neededRank: Claim = {
  number: 26,
  claim:
    'Rank 1 to 8 is enough, whatever the data (against: more or harder data needs more rank; “fails” speaks for that).',
  sections: [from('rank-data-difficulty', cells), from('rank-data-difficulty', growth)],
};

/** In every cell: does the highest rank learn as well as rank 4, and no better by more than the margin? */
function cells(experiment: WeighedExperiment): Finding[] {
  const highest = ranksOf(experiment).at(-1)!;
  return digitsOf(experiment).flatMap((digits) =>
    examplesOf(experiment).map((examples) => {
      const [low, high] = [enough, highest].map((rank) => cellOf(experiment, { rank: String(rank), examples, digits }));
      return closeness(
        `${examples} sums of ${digits} digits: target test loss, rank ${highest} less rank ${enough}`,
        less(lossOf(high!), lossOf(low!)),
        marginOf(low!, `rank ${enough}`),
        { side: 'below' },
      );
    }),
  );
}

/** Does more rank bring more where there is more data, or harder: by more than the margin? That speaks for the second claim. */
function growth(experiment: WeighedExperiment): Finding[] {
  const [examples, digits] = [examplesOf(experiment), digitsOf(experiment)];
  const highest = ranksOf(experiment).at(-1)!;
  const lossAt = (rank: number, count: number, size: number): readonly SeedValue[] =>
    lossOf(cellOf(experiment, { rank: String(rank), examples: count, digits: size }));
  /** Gain by rank in the first cell less that in the second. */
  const grows = (first: readonly [number, number], second: readonly [number, number]): number[] =>
    bySeed(
      [lossAt(enough, ...first), lossAt(highest, ...first), lossAt(enough, ...second), lossAt(highest, ...second)],
      ([low, high, otherLow, otherHigh]) => low! - high! - (otherLow! - otherHigh!),
    );
  const [few, many] = [examples[0]!, examples.at(-1)!];
  const [easy, hard] = [digits[0]!, digits.at(-1)!];
  const reference = cellOf(experiment, { rank: String(enough), examples: many, digits: hard });
  const margin = marginOf(reference, `rank ${enough} there`);
  const what = `what rank ${highest} gains over rank ${enough}`;
  return [
    closeness(`${what}, ${many} examples less ${few} (${hard} digits)`, grows([many, hard], [few, hard]), margin, {
      side: 'above',
    }),
    closeness(`${what}, ${hard} digits less ${easy} (${many} examples)`, grows([many, hard], [many, easy]), margin, {
      side: 'above',
    }),
  ];
}
