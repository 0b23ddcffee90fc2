/**
 * "LoRA learns less and forgets less" (arXiv:2405.09673), in three target domains: sums, programs, and finding the line of a program
 * that is wrong. Full fine-tuning stands alone, with weight decay and with dropout, the regularisers that LoRA is said to beat.
 * Compared at each variant's best rate, at matched quality on the target, and as frontiers of all trajectories.
 *
 *   npx adapterlab run experiments/learning-and-forgetting.ts        365 runs in about 33 minutes on two cores
 */
import {
  defineExperiment,
  type Experiment,
  findTheError,
  full,
  lora,
  programs,
  smallWorld,
  sums,
  type Task,
  type VariantOptions,
} from 'adapterlab';

const sizes = { train: 6000, validation: 100, test: 300 };
const domains: { [domain: string]: Task } = {
  sums: sums({ digits: 2, ...sizes }),
  programs: programs({ statements: 3, ...sizes }),
  errors: findTheError(sizes),
};
const lower = [5e-4, 1e-3, 2e-3];

const arms: { [arm: string]: Pick<VariantOptions, 'recipe' | 'adapt' | 'train' | 'learningRates'> } = {
  LoRA: { recipe: lora({ rank: 8 }) },
  'LoRA 1': { recipe: lora({ rank: 1 }) },
  'LoRA 64': { recipe: lora({ rank: 64 }) },
  full: { recipe: full(), adapt: 'all', learningRates: lower },
  'full, weight decay': { recipe: full(), adapt: 'all', learningRates: lower, train: { weightDecay: 0.1 } },
  'full, dropout': { recipe: { ...full(), dropout: 0.1 }, adapt: 'all', learningRates: lower },
};

const variants = Object.entries(domains).flatMap(([domain, learn]) =>
  Object.entries(arms).map(([arm, options]): [string, VariantOptions] => [
    `${arm}, ${domain}`,
    { ...options, learn, factors: { domain, arm }, reference: `full, ${domain}` },
  ]),
);

const experiment: Experiment = defineExperiment({
  question:
    'Does LoRA forget less than full fine-tuning that has learnt as much, and do weight decay or dropout do as well?',
  base: smallWorld(),
  learn: domains['sums']!,
  retain: smallWorld.sentences({ train: 0, validation: 60, test: 150 }),
  adapt: 'all-linear',
  variants: Object.fromEntries(variants),
  train: { steps: 600, batch: 4, evaluateEvery: 60, learningRates: [1e-3, 2e-3, 4e-3] },
  seeds: 5,
  quick: { train: { steps: 40, evaluateEvery: 20, learningRates: [3e-3] }, seeds: 2 },
});

export default experiment;
