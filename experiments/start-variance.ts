/**
 * What a start away from the base costs before the first step. With both factors drawn, an element of the update has the variance
 *
 *   Var ΔW₀ = s² · r · σ_A² · σ_B²,
 *
 * so the loss at step 0 should rise with σ and with the rank (s = 2 for all), and taking ΔW₀ away again (the compensated arm) should
 * remove the cost. With the width of the network more of them are added up, and more that is right stands against them: which of the two
 * wins is asked. One step is made, at a rate that moves next to nothing: the loss on what the base knows, before and after, is the
 * result.
 *
 *   npx adapterlab run experiments/start-variance.ts        150 runs in about 2 minutes on two cores
 */
import {
  bothNormal,
  bothNormalCompensated,
  defineExperiment,
  type Experiment,
  lora,
  smallWorld,
  type VariantOptions,
} from 'adapterlab';

const widths = [48, 96, 192] as const;
const ranks = [1, 4, 16];
const sigmas = [0.03, 0.1, 0.3];
const most = { rank: 16, sigma: 0.3 };

/** What is compared with it has the same base. The width that is the experiment's own has no need to be said. */
const compensatedAt = (width: number): string => (width === 96 ? 'compensated' : `compensated, width ${width}`);

const variants = widths.flatMap((width): [string, VariantOptions][] => {
  const own = { base: smallWorld({ width }), reference: compensatedAt(width) };
  const taken = lora({ rank: most.rank, init: bothNormalCompensated({ sigma: most.sigma }) });
  return [
    [compensatedAt(width), { ...own, recipe: taken }],
    ...ranks.flatMap((rank) =>
      sigmas.map((sigma): [string, VariantOptions] => [
        `width ${width}, rank ${rank}, σ ${sigma}`,
        { ...own, recipe: lora({ rank, init: bothNormal({ sigma }) }), factors: { width, rank, sigma } },
      ]),
    ),
  ];
});

const experiment: Experiment = defineExperiment({
  question: 'Does the loss at step 0 rise with σ, rank and width as the variance of the update does?',
  base: smallWorld(),
  // What the base knows is what a start away from it can spoil.
  learn: smallWorld.sentences({ train: 600, validation: 40, test: 150 }),
  retain: smallWorld.sentences({ train: 0, validation: 60, test: 100 }),
  adapt: 'all-linear',
  variants: Object.fromEntries(variants),
  train: { steps: 1, batch: 4, learningRates: [1e-8] },
  extend: 0,
  seeds: 5,
  keep: 'trajectory',
  quick: {
    learn: smallWorld.sentences({ train: 600, validation: 20, test: 20 }),
    retain: smallWorld.sentences({ train: 0, validation: 20, test: 20 }),
    seeds: 2,
  },
});

export default experiment;
