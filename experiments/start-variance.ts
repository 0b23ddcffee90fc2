/**
 * What a start away from the base costs before the first step. With both factors drawn, an element of the update has the variance
 *
 *   Var ΔW₀ = s² · r · σ_A² · σ_B²,
 *
 * so the loss at step 0 rises with σ, with the rank (s = 2 for all), and with the width of the network, which adds that many of them
 * up; taking ΔW₀ away again (the compensated arm) removes the cost. One step is made, at a rate that moves next to nothing: the
 * evaluation at step 0 is the result.
 *
 *   npx adapterlab run experiments/start-variance.ts
 */
import {
  bothNormal,
  bothNormalCompensated,
  defineExperiment,
  type Experiment,
  lora,
  smallWorld,
  sums,
  type VariantOptions,
} from 'adapterlab';

const widths = [48, 96, 192] as const;
const ranks = [1, 4, 16];
const sigmas = [0.03, 0.1, 0.3];

const drawn = widths.flatMap((width) =>
  ranks.flatMap((rank) =>
    sigmas.map((sigma): [string, VariantOptions] => [
      `width ${width}, rank ${rank}, σ ${sigma}`,
      {
        base: smallWorld({ width }),
        recipe: lora({ rank, init: bothNormal({ sigma }) }),
        factors: { width, rank, sigma },
      },
    ]),
  ),
);

const experiment: Experiment = defineExperiment({
  question: 'Does the loss at step 0 rise with σ, rank and width as the variance of the update does?',
  base: smallWorld(),
  learn: sums({ digits: 2, train: 600, validation: 200, test: 200 }),
  retain: smallWorld.sentences({ train: 0, validation: 100, test: 200 }),
  adapt: 'all-linear',
  variants: {
    compensated: lora({ rank: 16, init: bothNormalCompensated({ sigma: 0.3 }) }),
    ...Object.fromEntries(drawn),
  },
  train: { steps: 1, batch: 16, learningRates: [1e-8] },
  extend: 0,
  seeds: 8,
  keep: 'trajectory',
  quick: {
    learn: sums({ digits: 2, train: 600, validation: 20, test: 20 }),
    retain: smallWorld.sentences({ train: 0, validation: 20, test: 20 }),
    seeds: 2,
  },
});

export default experiment;
