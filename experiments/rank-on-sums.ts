/**
 * How many directions does a new skill need? The embedded base, which has never seen a sum, learns to add numbers of two digits,
 * column by column, with LoRA of rank 1 and 8 and with full fine-tuning; each may forget what it knew of its small world.
 *
 *   npx adapterlab run experiments/rank-on-sums.ts        27 runs, about 6 minutes on two cores with the native engine;
 *                                                            more where a grid of learning rates grows
 */
import { defineExperiment, type Experiment, full, lora, sums, smallWorld } from 'adapterlab';

const experiment: Experiment = defineExperiment({
  question: 'What do rank 1, rank 8 and full fine-tuning learn of sums, and what do they forget of the small world?',
  base: smallWorld(),
  learn: sums({ digits: 2, train: 6000, validation: 200, test: 500 }),
  retain: smallWorld.sentences({ train: 0 }),
  adapt: 'all-linear',
  variants: {
    'rank 1': { recipe: lora({ rank: 1 }), learningRates: [3e-3, 1e-2, 3e-2] },
    'rank 8': { recipe: lora({ rank: 8 }), learningRates: [1e-3, 3e-3, 1e-2] },
    full: { recipe: full(), adapt: 'all', learningRates: [3e-4, 1e-3, 3e-3] },
  },
  train: { steps: 600, batch: 16, evaluateEvery: 100, learningRates: [3e-3] },
  seeds: 3,
  quick: { train: { steps: 60, evaluateEvery: 20 }, seeds: 2 },
});

export default experiment;
