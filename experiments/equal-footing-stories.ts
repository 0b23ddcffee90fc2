/**
 * All methods on equal footing, with a real model and real data: stories260K, a Llama of 260,000 weights that knows TinyStories, learns to
 * describe restaurants (E2E NLG, the task of the LoRA paper, arXiv:2106.09685, section 5.4). What it learns is the loss on E2E's test set,
 * whose meaning representations occur nowhere else, with BLEU and slot errors of what it writes; what it forgets is the loss on stories
 * and grammar (Zorro). Code and mathematics, which it never knew, show what happens far away from both.
 *
 *   npx adapterlab run experiments/equal-footing-stories.ts        184 runs in about 28 minutes on two cores
 *
 * Needs `models/stories260K-hf` and `data/{e2e-nlg,tinystories-val,zorro,gsm8k,code}` in the folder that ADAPTERLAB_SHARED names (../shared).
 */
import {
  adalora,
  code,
  defineExperiment,
  dora,
  e2e,
  type Experiment,
  full,
  gsm8k,
  huggingFace,
  lora,
  loraPlus,
  pissa,
  qlora,
  sharedFolder,
  tinyStories,
} from 'adapterlab';

const higher = [1e-2, 2e-2, 4e-2];
const lower = [1e-3, 2e-3, 4e-3];

const experiment: Experiment = defineExperiment({
  question:
    'What does each method learn of restaurants for the same number of trained parameters, and what does it forget of stories?',
  base: huggingFace(sharedFolder('models', 'stories260K-hf')),
  learn: e2e({ validation: 48, test: 128, generate: { prompts: 24, tokens: 48 } }),
  retain: tinyStories({ validation: 16, test: 32, minimalPairs: 5 }),
  observe: { code: code({ test: 16 }), mathematics: gsm8k({ test: 16 }) },
  adapt: 'all-linear',
  match: { parameters: 'LoRA', at: 'end', scale: 2 },
  variants: {
    LoRA: lora({ rank: 4, alpha: 8 }),
    'LoRA+': { recipe: (size) => loraPlus(size), learningRates: lower },
    DoRA: { recipe: (size) => dora(size) },
    AdaLoRA: {
      recipe: ({ rank, alpha }) => adalora({ rank: Math.ceil(1.5 * rank), target: rank, alpha }),
      learningRates: higher,
    },
    QLoRA: { recipe: (size) => qlora(size) },
    PiSSA: { recipe: (size) => lora({ ...size, init: pissa() }), learningRates: lower },
    full: { recipe: full(), adapt: 'all', learningRates: lower },
  },
  train: { steps: 240, batch: 4, evaluateEvery: 80, learningRates: [4e-3, 8e-3, 1.6e-2] },
  seeds: 8,
  keep: 'adapters',
  quick: {
    learn: e2e({ validation: 12, test: 32 }),
    retain: tinyStories({ validation: 4, test: 8 }),
    train: { steps: 24, evaluateEvery: 8, learningRates: [1e-2] },
    seeds: 2,
  },
});

export default experiment;
