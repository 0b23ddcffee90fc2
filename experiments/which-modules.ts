/**
 * Where a budget of parameters is spent best: on one kind of map at a high rank, or on all at a low one (arXiv:2106.09685, section 7.1).
 * The rank of every choice is solved for as many parameters as all linear maps have at rank 4.
 *
 *   npx adapterlab run experiments/which-modules.ts        180 runs in about 6 minutes on two cores
 */
import { defineExperiment, type Experiment, lora, smallWorld, sums, type VariantOptions } from 'adapterlab';

const places: { [name: string]: string[] } = {
  q: ['q_proj'],
  k: ['k_proj'],
  v: ['v_proj'],
  o: ['o_proj'],
  'q, v': ['q_proj', 'v_proj'],
  attention: ['q_proj', 'k_proj', 'v_proj', 'o_proj'],
  'feed-forward': ['gate_proj', 'up_proj', 'down_proj'],
};

const experiment: Experiment = defineExperiment({
  question: 'At the same number of trained parameters, which maps are best adapted?',
  base: smallWorld(),
  learn: sums({ digits: 2, train: 6000, validation: 100, test: 300 }),
  retain: smallWorld.sentences({ train: 0, validation: 40, test: 150 }),
  adapt: 'all-linear',
  match: { parameters: 'all linear', scale: 2 },
  variants: {
    'all linear': { recipe: lora({ rank: 4, alpha: 8 }) },
    ...Object.fromEntries(
      Object.entries(places).map(([name, adapt]): [string, VariantOptions] => [
        name,
        { recipe: (size) => lora(size), adapt, reference: 'all linear' },
      ]),
    ),
  },
  train: { steps: 600, batch: 4, evaluateEvery: 120, learningRates: [1e-3, 2e-3, 4e-3] },
  seeds: 5,
  quick: { train: { steps: 40, evaluateEvery: 20, learningRates: [1e-2] }, seeds: 2 },
});

export default experiment;
