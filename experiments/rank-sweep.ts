/**
 * How many directions does a new skill need? LoRA from rank 1 up to the matrix (96 is the width of the base), under three rules for
 * the effective scale s: α fixed (s falls as 16/r), α ∝ r (s = 2), and rsLoRA (s = 16/√r, arXiv:2312.03732). Each has its own sweep of rates.
 *
 *   npx adapterlab run experiments/rank-sweep.ts        235 runs in about 21 minutes on two cores
 */
import {
  defineExperiment,
  type Experiment,
  full,
  lora,
  rslora,
  smallWorld,
  sums,
  type VariantOptions,
} from 'adapterlab';

const ranks = [1, 4, 8, 16, 64, 96];
/** Enough to see how the other rules differ. */
const fewRanks = [1, 8, 64];

const rules: [rule: string, ranks: readonly number[], recipe: (rank: number) => VariantOptions['recipe']][] = [
  ['α fixed', fewRanks, (rank) => lora({ rank, alpha: 16 })],
  ['α ∝ r', ranks, (rank) => lora({ rank, alpha: 2 * rank })],
  ['rsLoRA', fewRanks, (rank) => rslora({ rank, alpha: 16 })],
];

const variants = rules.flatMap(([scaling, ofRule, recipe]) =>
  ofRule.map((rank): [string, VariantOptions] => [
    `rank ${rank}, ${scaling}`,
    { recipe: recipe(rank), factors: { rank, scaling }, reference: `rank 8, ${scaling}` },
  ]),
);

const experiment: Experiment = defineExperiment({
  question: 'From which rank on does more rank bring nothing, and does the answer depend on how the update is scaled?',
  base: smallWorld(),
  learn: sums({ digits: 2, train: 6000, validation: 100, test: 300 }),
  retain: smallWorld.sentences({ train: 0, validation: 40, test: 150 }),
  adapt: 'all-linear',
  variants: {
    ...Object.fromEntries(variants),
    full: { recipe: full(), adapt: 'all', learningRates: [5e-4, 1e-3, 2e-3] },
  },
  train: { steps: 600, batch: 4, evaluateEvery: 120, learningRates: [1e-3, 2e-3, 4e-3] },
  seeds: 5,
  keep: 'adapters',
  quick: { train: { steps: 40, evaluateEvery: 20, learningRates: [1e-2] }, seeds: 2 },
});

export default experiment;
