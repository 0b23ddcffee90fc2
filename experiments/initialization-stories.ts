/**
 * How the two factors of a low-rank update start, as in initialization.ts, on a real model and real data: stories260K learns E2E NLG.
 *
 *   npx adapterlab run experiments/initialization-stories.ts        145 runs in about 24 minutes on two cores
 *
 * Needs `models/stories260K-hf`, `data/e2e-nlg` and `data/tinystories-val` in the folder that ADAPTERLAB_SHARED names (../shared).
 */
import {
  bothNormal,
  bothNormalCompensated,
  bothZero,
  defineExperiment,
  e2e,
  type Experiment,
  type FactorInit,
  huggingFace,
  kaimingZero,
  lora,
  normalZero,
  olora,
  orthogonal,
  pissa,
  type Recipe,
  sharedFolder,
  tinyStories,
  zeroNormal,
} from 'adapterlab';

const rank = 4;
const arm = (init: FactorInit): Recipe => lora({ rank, init });
const sigma = 0.05;

const experiment: Experiment = defineExperiment({
  question:
    'On a real model, which start of the two factors can learn, how fast, and what does a start away from the base cost?',
  base: huggingFace(sharedFolder('models', 'stories260K-hf')),
  learn: e2e({ validation: 48, test: 128, generate: false }),
  retain: tinyStories({ validation: 16, test: 32 }),
  adapt: 'all-linear',
  // A/B
  variants: {
    'Kaiming/zero': arm(kaimingZero()),
    'normal/zero': arm(normalZero()),
    'zero/normal': arm(zeroNormal()),
    'normal/normal': arm(bothNormal({ sigma })),
    'normal/normal compensated': arm(bothNormalCompensated({ sigma })),
    orthogonal: arm(orthogonal()),
    PiSSA: arm(pissa()),
    OLoRA: arm(olora()),
    'zero/zero': arm(bothZero()),
  },
  train: { steps: 240, batch: 4, evaluateEvery: 80, learningRates: [4e-3, 8e-3, 1.6e-2] },
  seeds: 5,
  quick: {
    learn: e2e({ validation: 12, test: 32 }),
    retain: tinyStories({ validation: 4, test: 8 }),
    train: { steps: 24, evaluateEvery: 8, learningRates: [1e-2] },
    seeds: 2,
  },
});

export default experiment;
