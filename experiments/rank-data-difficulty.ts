/**
 * "Rank 1 to 8 is enough" against "more or harder data needs more": the best rank as a function of how much data there is and how
 * hard it is (sums of two and three digits, whose columns are worked out one by one). Full fine-tuning stands beside each cell.
 *
 *   npx adapterlab run experiments/rank-data-difficulty.ts        505 runs in about 29 minutes on two cores
 */
import { defineExperiment, type Experiment, full, lora, smallWorld, sums, type VariantOptions } from 'adapterlab';

const ranks = [1, 4, 64];
const examples = [100, 1000, 6000];
const difficulties = [2, 3];

const cells = difficulties.flatMap((digits) =>
  examples.flatMap((train) => {
    const learn = sums({ digits, train, validation: 100, test: 300 });
    const cell = `${train} sums of ${digits} digits`;
    const own = (rank: number): [string, VariantOptions] => [
      `rank ${rank}, ${cell}`,
      {
        recipe: lora({ rank }),
        learn,
        factors: { examples: train, digits, rank: String(rank) },
        reference: `rank 4, ${cell}`,
      },
    ];
    const all: [string, VariantOptions] = [
      `full, ${cell}`,
      {
        recipe: full(),
        adapt: 'all',
        learn,
        factors: { examples: train, digits, rank: 'full' },
        reference: `rank 4, ${cell}`,
        learningRates: [5e-4, 1e-3, 2e-3],
      },
    ];
    return [...ranks.map(own), all];
  }),
);

const experiment: Experiment = defineExperiment({
  question: 'Does more data, or harder data, ask for a higher rank?',
  base: smallWorld(),
  learn: sums({ digits: 2, train: 6000, validation: 100, test: 300 }),
  retain: smallWorld.sentences({ train: 0, validation: 40, test: 150 }),
  adapt: 'all-linear',
  variants: Object.fromEntries(cells),
  train: { steps: 600, batch: 4, evaluateEvery: 120, learningRates: [1e-3, 2e-3, 4e-3] },
  seeds: 5,
  quick: { train: { steps: 40, evaluateEvery: 20, learningRates: [1e-2] }, seeds: 2 },
});

export default experiment;
