/**
 * A first look, without a file from outside: the base that comes with this package, which knows a small world and has never seen a
 * digit, learns what two-line programs print. How well does each variant learn it, and how much of its world does it forget?
 *
 *   npm start, or npx adapterlab start        24 runs in a few minutes on two cores
 */
import {
  adalora,
  defineExperiment,
  dora,
  type Experiment,
  full,
  lora,
  loraPlus,
  programs,
  qlora,
  smallWorld,
} from 'adapterlab';

const rank = 8;
const learningRates = [2e-3, 6e-3];

const experiment: Experiment = defineExperiment({
  question: 'What does each variant learn of programs, and what does it forget of the small world?',
  base: smallWorld(),
  learn: programs({ statements: 2, train: 4000, validation: 64, test: 200 }),
  retain: smallWorld.sentences({ train: 0, validation: 32, test: 100 }),
  adapt: 'all-linear',
  variants: {
    LoRA: lora({ rank }),
    'LoRA+': { recipe: loraPlus({ rank }), learningRates: [5e-4, 1.5e-3] },
    DoRA: dora({ rank }),
    AdaLoRA: { recipe: adalora({ rank: 12, target: rank }), learningRates: [6e-3, 2e-2] },
    QLoRA: qlora({ rank }),
    full: { recipe: full(), adapt: 'all', learningRates: [4e-4, 1.2e-3] },
  },
  train: { steps: 200, batch: 8, evaluateEvery: 50, learningRates },
  seeds: 2,
});

export default experiment;
