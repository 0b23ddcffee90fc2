/**
 * LoRA+ (arXiv:2402.12354) lets B learn λ times as fast as A. Is the gain that of the ratio, or that of a rate that LoRA would have
 * liked as well? Every ratio has its own sweep; λ = 1 is LoRA.
 *
 *   npx adapterlab run experiments/lora-plus-ratio.ts        224 runs in about 20 minutes on two cores
 */
import { defineExperiment, type Experiment, lora, loraPlus, smallWorld, sums, type VariantOptions } from 'adapterlab';

const ratios = [1, 4, 8, 16, 32];

const experiment: Experiment = defineExperiment({
  question: 'Does a faster B learn better, or faster, than LoRA at its own best rate?',
  base: smallWorld(),
  learn: sums({ digits: 2, train: 6000, validation: 100, test: 300 }),
  retain: smallWorld.sentences({ train: 0, validation: 40, test: 150 }),
  adapt: 'all-linear',
  variants: {
    LoRA: lora({ rank: 8 }),
    ...Object.fromEntries(
      ratios.map((ratio): [string, VariantOptions] => [
        `λ ${ratio}`,
        { recipe: loraPlus({ rank: 8, ratio }), factors: { ratio } },
      ]),
    ),
  },
  train: { steps: 600, batch: 4, evaluateEvery: 60, learningRates: [5e-4, 1e-3, 2e-3, 4e-3] },
  seeds: 8,
  quick: { train: { steps: 40, evaluateEvery: 20, learningRates: [3e-3] }, seeds: 2 },
});

export default experiment;
