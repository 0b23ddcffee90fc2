/**
 * "LoRA learns less and forgets less" (arXiv:2405.09673) on a real model and real data: stories260K learns E2E NLG with LoRA of three
 * ranks and with full fine-tuning, alone, with weight decay and with dropout. Forgetting is measured on stories (loss, KL to the base), on
 * grammar (Zorro) and far away, on code and mathematics; compared at each variant's best rate, at matched quality on the target, and
 * as frontiers of all trajectories.
 *
 *   npx adapterlab run experiments/learning-and-forgetting-stories.ts
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

const lower = [1e-3, 3e-3, 1e-2];
const whole = { adapt: 'all', learningRates: lower } as const;

const experiment: Experiment = defineExperiment({
  question: 'On a real model, does LoRA forget less than full fine-tuning that has learnt as much?',
  base: huggingFace(sharedFolder('models', 'stories260K-hf')),
  learn: e2e({ validation: 64, test: 192, generate: { prompts: 32, tokens: 64 } }),
  retain: tinyStories({ validation: 32, test: 48, minimalPairs: 10 }),
  observe: { code: code({ test: 32 }), mathematics: gsm8k({ test: 32 }) },
  adapt: 'all-linear',
  variants: {
    full: { ...whole, recipe: full() },
    'full, weight decay': { ...whole, recipe: full(), train: { weightDecay: 0.1 }, reference: 'full' },
    'full, dropout': { ...whole, recipe: { ...full(), dropout: 0.1 }, reference: 'full' },
    'LoRA 1': { recipe: lora({ rank: 1 }), reference: 'full' },
    'LoRA 8': { recipe: lora({ rank: 8 }), reference: 'full' },
    'LoRA 64': { recipe: lora({ rank: 64 }), reference: 'full' },
  },
  train: { steps: 240, batch: 4, evaluateEvery: 24, learningRates: [3e-3, 1e-2, 3e-2] },
  seeds: 5,
  quick: {
    learn: e2e({ validation: 12, test: 32 }),
    retain: tinyStories({ validation: 4, test: 8 }),
    train: { steps: 24, evaluateEvery: 8, learningRates: [3e-3] },
    seeds: 2,
  },
});

export default experiment;
