/**
 * DoRA divides by the norm of W + ΔW, and holds that norm fixed in the backward pass (arXiv:2402.09353, section 4.3), so that the gradient
 * is not the loss's own. The paper finds that this costs hardly anything. Here both are trained at a small and at a larger rank, each with
 * its own sweep, with LoRA beside them.
 *
 *   npx adapterlab run experiments/dora-norm.ts        216 runs in about 12 minutes on two cores
 */
import { defineExperiment, dora, type Experiment, lora, smallWorld, sums, type VariantOptions } from 'adapterlab';

const variants = [2, 8].flatMap((rank): [string, VariantOptions][] => [
  [
    `DoRA ${rank}`,
    { recipe: dora({ rank }), factors: { rank, method: 'DoRA' }, reference: `DoRA ${rank}, norm not detached` },
  ],
  [
    `DoRA ${rank}, norm not detached`,
    {
      recipe: dora({ rank, detachNorm: false }),
      factors: { rank, method: 'DoRA, norm not detached' },
      reference: `LoRA ${rank}`,
    },
  ],
  [`LoRA ${rank}`, { recipe: lora({ rank }), factors: { rank, method: 'LoRA' }, reference: `DoRA ${rank}` }],
]);

const experiment: Experiment = defineExperiment({
  question: 'Does it cost DoRA quality that its norm is a constant in the gradient?',
  base: smallWorld(),
  learn: sums({ digits: 2, train: 6000, validation: 100, test: 300 }),
  retain: smallWorld.sentences({ train: 0, validation: 40, test: 150 }),
  adapt: 'all-linear',
  variants: Object.fromEntries(variants),
  train: { steps: 600, batch: 4, evaluateEvery: 120, learningRates: [1e-3, 2e-3, 4e-3] },
  seeds: 8,
  quick: { train: { steps: 40, evaluateEvery: 20, learningRates: [1e-2] }, seeds: 2 },
});

export default experiment;
