/**
 * What methods give together: DoRA on an NF4 base, with LoRA+'s rates on top, AdaLoRA on NF4. Does each keep what it gains alone?
 *
 *   npx adapterlab run experiments/composition.ts        180 runs in about 9 minutes on two cores
 */
import {
  adalora,
  compose,
  defineExperiment,
  dora,
  type Experiment,
  lora,
  loraPlus,
  nf4,
  qdora,
  qlora,
  smallWorld,
  sums,
} from 'adapterlab';

const rank = 8;
const higher = [5e-3, 1e-2, 2e-2];
const lower = [5e-4, 1e-3, 2e-3];

const experiment: Experiment = defineExperiment({
  question: 'Do the gains of DoRA, LoRA+ and AdaLoRA add up, and do they survive a base in four bits?',
  base: smallWorld(),
  learn: sums({ digits: 2, train: 6000, validation: 100, test: 300 }),
  retain: smallWorld.sentences({ train: 0, validation: 40, test: 150 }),
  adapt: 'all-linear',
  variants: {
    LoRA: lora({ rank }),
    'LoRA+': { recipe: loraPlus({ rank }), learningRates: lower },
    DoRA: dora({ rank }),
    'DoRA with LoRA+': { recipe: compose(dora({ rank }), loraPlus({ rank })), learningRates: lower },
    QLoRA: qlora({ rank }),
    'QLoRA with LoRA+': { recipe: compose(qlora({ rank }), loraPlus({ rank })), learningRates: lower },
    QDoRA: qdora({ rank }),
    'QDoRA with LoRA+': { recipe: compose(qdora({ rank }), loraPlus({ rank })), learningRates: lower },
    AdaLoRA: { recipe: adalora({ rank: 12, target: rank }), learningRates: higher },
    'AdaLoRA on NF4': { recipe: { ...adalora({ rank: 12, target: rank }), storage: nf4() }, learningRates: higher },
  },
  train: { steps: 600, batch: 4, evaluateEvery: 120, learningRates: [1e-3, 2e-3, 4e-3] },
  seeds: 5,
  quick: { train: { steps: 40, evaluateEvery: 20, learningRates: [1e-2] }, seeds: 2 },
});

export default experiment;
