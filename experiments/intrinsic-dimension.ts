/**
 * Why low rank can work at all: fine-tuning confined to a random subspace of d dimensions of all weights (arXiv:1804.08838,
 * arXiv:2012.13255) reaches 90 % of what full fine-tuning gains at a d₉₀ far below the number of weights. Is d₉₀ smaller, relative to
 * its size, for a larger base?
 *
 *   npx adapterlab run experiments/intrinsic-dimension.ts        198 runs in about 45 minutes on two cores
 */
import {
  defineExperiment,
  type Experiment,
  full,
  randomSubspace,
  smallWorld,
  sums,
  type VariantOptions,
} from 'adapterlab';

const widths = [48, 96, 192] as const;
const dimensions = [64, 256, 1024, 4096, 16384];
/** Numbers that train in full fine-tuning. */
const weights = { 48: 97_104, 96: 360_096, 192: 1_383_744 };

/** P is isometric, so that a step of η along one of d directions moves each of D weights by η √(d / D): the grids are alike in that. */
const rates = (dimension: number, width: (typeof widths)[number]): number[] =>
  [0.01, 0.02, 0.04].map((step) => Number((step * Math.sqrt(weights[width] / dimension)).toPrecision(2)));

const variants = widths.flatMap((width): [string, VariantOptions][] => {
  const base = smallWorld({ width });
  const all = { base, adapt: 'all', reference: `full, width ${width}` };
  return [
    [`full, width ${width}`, { base, adapt: 'all', recipe: full() }],
    ...dimensions.map((dimension): [string, VariantOptions] => [
      `d ${dimension}, width ${width}`,
      {
        ...all,
        recipe: randomSubspace({ dimension }),
        learningRates: rates(dimension, width),
        factors: { dimension, width: String(width) },
      },
    ]),
  ];
});

const experiment: Experiment = defineExperiment({
  question: 'In how few random directions can sums be learnt, and do larger bases need fewer?',
  base: smallWorld(),
  learn: sums({ digits: 2, train: 6000, validation: 100, test: 300 }),
  retain: smallWorld.sentences({ train: 0, validation: 40, test: 150 }),
  adapt: 'all',
  variants: Object.fromEntries(variants),
  train: { steps: 600, batch: 4, evaluateEvery: 120, learningRates: [5e-4, 1e-3, 2e-3] },
  seeds: 3,
  quick: { train: { steps: 40, evaluateEvery: 20, learningRates: [1e-2] }, seeds: 2 },
});

export default experiment;
