/**
 * "LoRA learns less and forgets less" (arXiv:2405.09673) on a real model and real data: stories260K learns E2E NLG with LoRA of three
 * ranks and with full fine-tuning, alone, with weight decay and with dropout. Forgetting is measured on stories (loss, KL to the base), on
 * grammar (Zorro) and far away, on code and mathematics; compared at each variant's best rate, at matched quality on the target, and
 * as frontiers of all trajectories.
 *
 *   npx adapterlab run experiments/learning-and-forgetting-stories.ts        110 runs in about 28 minutes on two cores
 *
 * Needs `models/stories260K-hf` and `data/{e2e-nlg,tinystories-val,zorro,gsm8k,code}` in the folder that ADAPTERLAB_SHARED names (../shared).
 */
import {
  code,
  defineExperiment,
  e2e,
  type Experiment,
  full,
  gsm8k,
  huggingFace,
  lora,
  sharedFolder,
  tinyStories,
} from 'adapterlab';

const lower = [1e-3, 2e-3, 4e-3];
const whole = { adapt: 'all', learningRates: lower } as const;

const experiment: Experiment = defineExperiment({
  question: 'On a real model, does LoRA forget less than full fine-tuning that has learnt as much?',
  base: huggingFace(sharedFolder('models', 'stories260K-hf')),
  learn: e2e({ validation: 48, test: 128, generate: { prompts: 24, tokens: 48 } }),
  retain: tinyStories({ validation: 24, test: 32, minimalPairs: 5 }),
  observe: { code: code({ test: 16 }), mathematics: gsm8k({ test: 16 }) },
  adapt: 'all-linear',
  variants: {
    full: { ...whole, recipe: full() },
    'full, weight decay': { ...whole, recipe: full(), train: { weightDecay: 0.1 }, reference: 'full' },
    'full, dropout': { ...whole, recipe: { ...full(), dropout: 0.1 }, reference: 'full' },
    'LoRA 1': { recipe: lora({ rank: 1 }), reference: 'full' },
    'LoRA 8': { recipe: lora({ rank: 8 }), reference: 'full' },
    'LoRA 64': { recipe: lora({ rank: 64 }), reference: 'full' },
  },
  train: { steps: 240, batch: 4, evaluateEvery: 40, learningRates: [4e-3, 8e-3, 1.6e-2] },
  seeds: 5,
  quick: {
    learn: e2e({ validation: 12, test: 32 }),
    retain: tinyStories({ validation: 4, test: 8 }),
    train: { steps: 24, evaluateEvery: 8, learningRates: [3e-3] },
    seeds: 2,
  },
});

export default experiment;
