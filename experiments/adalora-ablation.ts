/**
 * What of AdaLoRA (arXiv:2303.10512) helps: the form P Λ Q, the penalty that keeps P and Q orthogonal, the allocation of ranks, or the
 * importance that it goes by? All end with the trained ranks of LoRA at rank 4.
 *
 *   npx adapterlab run experiments/adalora-ablation.ts        200 runs in about 12 minutes on two cores
 */
import { adalora, defineExperiment, type Experiment, lora, smallWorld, sums, svdLora } from 'adapterlab';

const budget = { rank: 8, target: 4, alpha: 16 };
const learningRates = [5e-3, 1e-2, 2e-2];

const experiment: Experiment = defineExperiment({
  question: 'Which part of AdaLoRA learns better than LoRA at the same final budget, and where do the ranks go?',
  base: smallWorld(),
  learn: sums({ digits: 2, train: 6000, validation: 100, test: 300 }),
  retain: smallWorld.sentences({ train: 0, validation: 40, test: 150 }),
  adapt: 'all-linear',
  variants: {
    LoRA: { recipe: lora({ rank: 4, alpha: 8 }), learningRates: [1e-3, 2e-3, 4e-3] },
    AdaLoRA: adalora(budget),
    'SVD form only': svdLora({ rank: 4, alpha: 8 }),
    'no penalty': adalora({ ...budget, penaltyWeight: 0 }),
    sensitivity: adalora({ ...budget, importance: 'sensitivity' }),
    '|λ|': adalora({ ...budget, importance: 'magnitude' }),
    'random ranks': adalora({ ...budget, importance: 'randomOrder' }),
  },
  train: { steps: 600, batch: 4, evaluateEvery: 120, learningRates },
  seeds: 8,
  keep: 'adapters',
  quick: { train: { steps: 60, evaluateEvery: 20, learningRates: [3e-2] }, seeds: 2 },
});

export default experiment;
