/**
 * How the two factors of a low-rank update start decides which of them has a gradient at step 0:
 *
 *   ∂L/∂B = s · G · (A x)ᵀ    ∂L/∂A = s · (Bᵀ G) · xᵀ,    G the gradient at the output
 *
 * With B zero only B moves at first, with A zero only A, with both zero neither ever. With both drawn both move, but the network no
 * longer starts at the base; the compensated arm takes ΔW₀ away again and keeps the gradients. See arXiv:2406.08447 (Hayou et al.).
 * The joint starts take directions from the kernel: PiSSA its principal ones, OLoRA an orthonormal basis of its columns.
 *
 *   npx adapterlab run experiments/initialization.ts        256 runs in about 14 minutes on two cores
 */
import {
  bothNormal,
  bothNormalCompensated,
  bothZero,
  defineExperiment,
  type Experiment,
  type FactorInit,
  kaimingZero,
  lora,
  normalZero,
  olora,
  orthogonal,
  pissa,
  type Recipe,
  smallWorld,
  sums,
  zeroNormal,
} from 'adapterlab';

const arm = (init: FactorInit): Recipe => lora({ rank: 8, init });

/** Large enough that what the drawn arms add to the base is seen. */
const sigma = 0.05;

const experiment: Experiment = defineExperiment({
  question: 'Which start of the two factors can learn, how fast, and what does a start away from the base cost?',
  base: smallWorld(),
  learn: sums({ digits: 2, train: 6000, validation: 100, test: 300 }),
  retain: smallWorld.sentences({ train: 0, validation: 40, test: 150 }),
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
  train: { steps: 600, batch: 4, evaluateEvery: 120, learningRates: [1e-3, 2e-3, 4e-3] },
  seeds: 8,
  quick: {
    learn: sums({ digits: 2, train: 1000, validation: 32, test: 64 }),
    retain: smallWorld.sentences({ train: 0, validation: 20, test: 40 }),
    train: { steps: 60, batch: 8, evaluateEvery: 20, learningRates: [1e-2] },
    seeds: 2,
  },
});

export default experiment;
