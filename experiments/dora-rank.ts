/**
 * DoRA (arXiv:2402.09353) is said to gain most at low rank, and to move magnitude and direction of a kernel's columns the way full
 * fine-tuning does (section 3.2: their changes ΔM and ΔD are correlated negatively, LoRA's positively). Both at the same ranks, each with
 * its own sweep; adapters are kept along the way for ΔM and ΔD.
 *
 *   npx adapterlab run experiments/dora-rank.ts        320 runs in about 16 minutes on two cores
 */
import { defineExperiment, dora, type Experiment, full, lora, smallWorld, sums, type VariantOptions } from 'adapterlab';

const ranks = [1, 2, 4, 8];
const variants = ranks.flatMap((rank): [string, VariantOptions][] => [
  [`LoRA ${rank}`, { recipe: lora({ rank }), factors: { rank, method: 'LoRA' }, reference: 'LoRA 8' }],
  [`DoRA ${rank}`, { recipe: dora({ rank }), factors: { rank, method: 'DoRA' }, reference: `LoRA ${rank}` }],
]);

const experiment: Experiment = defineExperiment({
  question:
    'Does DoRA learn more than LoRA, most of all at low rank, and does it move weights the way full fine-tuning does?',
  base: smallWorld(),
  learn: sums({ digits: 2, train: 6000, validation: 100, test: 300 }),
  retain: smallWorld.sentences({ train: 0, validation: 40, test: 150 }),
  adapt: 'all-linear',
  variants: {
    ...Object.fromEntries(variants),
    full: { recipe: full(), adapt: 'all', learningRates: [5e-4, 1e-3, 2e-3], reference: 'LoRA 8' },
  },
  train: { steps: 600, batch: 4, evaluateEvery: 120, learningRates: [1e-3, 2e-3, 4e-3] },
  seeds: 8,
  keep: 'trajectory',
  quick: { train: { steps: 40, evaluateEvery: 20, learningRates: [1e-2] }, seeds: 2 },
});

export default experiment;
