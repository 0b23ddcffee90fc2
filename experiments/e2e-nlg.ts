/**
 * A pretrained storyteller learns to describe restaurants: stories260K, a Llama of 260,000 weights that knows TinyStories, is
 * adapted to E2E NLG, the task of the LoRA paper (arXiv:2106.09685, section 5.4). What it learns is the loss on E2E's test set,
 * whose meaning representations occur nowhere else; what it forgets is the loss on stories.
 *
 *   npx adapterlab run experiments/e2e-nlg.ts            54 runs, and more where a grid of learning rates grows
 *   npx adapterlab run experiments/e2e-nlg.ts --quick    24 short ones
 *
 * Needs `models/stories260K-hf`, `data/e2e-nlg` and `data/tinystories-val` in the folder that ADAPTERLAB_SHARED names (../shared).
 */
import {
  adalora,
  defineExperiment,
  dora,
  e2e,
  type Experiment,
  type ExperimentOptions,
  full,
  huggingFace,
  lora,
  loraPlus,
  qlora,
  sharedFolder,
  tinyStories,
} from 'adapterlab';

const rank = 4;

/** Rates a half order of magnitude apart. Each variant has its own grid, so that none is judged by the best rate of another. */
const grid = (middle: number, rates: number): readonly number[] =>
  [middle / 3, middle, middle * 3, middle * 9].slice(0, rates).map((rate) => Number(rate.toPrecision(1)));

const variants = (rates: number): ExperimentOptions['variants'] => ({
  LoRA: { recipe: lora({ rank }), learningRates: grid(1e-2, rates) },
  'LoRA+': { recipe: loraPlus({ rank }), learningRates: grid(1e-3, rates) },
  DoRA: { recipe: dora({ rank }), learningRates: grid(1e-2, rates) },
  AdaLoRA: { recipe: adalora({ rank: 6, target: rank }), learningRates: grid(3e-2, rates) },
  QLoRA: { recipe: qlora({ rank }), learningRates: grid(1e-2, rates) },
  full: { recipe: full(), adapt: 'all', learningRates: grid(3e-3, rates) },
});

const experiment: Experiment = defineExperiment({
  question: 'What does each variant learn of restaurants, and what does it forget of stories?',
  base: huggingFace(sharedFolder('models', 'stories260K-hf')),
  learn: e2e({ validation: 64, test: 192 }),
  retain: tinyStories({ validation: 16, test: 48 }),
  adapt: 'all-linear',
  variants: variants(3),
  train: { steps: 240, batch: 4, evaluateEvery: 40, learningRates: grid(1e-2, 3) },
  seeds: 3,
  quick: {
    learn: e2e({ validation: 12, test: 32 }),
    retain: tinyStories({ validation: 4, test: 8 }),
    variants: variants(2),
    train: { steps: 24, evaluateEvery: 8 },
    seeds: 2,
  },
});

export default experiment;
