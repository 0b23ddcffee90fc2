/**
 * A first look, without a file from outside: the base that comes with this package, which knows a small world and has never seen a
 * program, learns what three-line programs print. How well does each variant learn it, and how much of its world does it forget?
 *
 *   npm start, or npx adapterlab start        54 short runs in about 4 minutes on two cores
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
const learningRates = [3e-3, 1e-2, 3e-2];

const experiment: Experiment = defineExperiment({
  question: 'What does each variant learn of programs, and what does it forget of the small world?',
  base: smallWorld(),
  learn: programs({ statements: 3, train: 4000, validation: 60, test: 100 }),
  retain: smallWorld.sentences({ train: 0, validation: 24, test: 60, facts: 66, minimalPairs: 50 }),
  adapt: 'all-linear',
  variants: {
    LoRA: lora({ rank }),
    'LoRA+': { recipe: loraPlus({ rank }), learningRates: [1e-3, 2e-3, 4e-3] },
    DoRA: dora({ rank }),
    AdaLoRA: { recipe: adalora({ rank: 12, target: rank }), learningRates: [1e-2, 3e-2, 1e-1] },
    QLoRA: qlora({ rank }),
    full: { recipe: full(), adapt: 'all', learningRates: [1e-3, 2e-3, 4e-3] },
  },
  train: { steps: 80, batch: 6, evaluateEvery: 20, learningRates },
  seeds: 3,
  extend: 0, // ready in minutes: where a best rate is at the edge of its grid, the report says so
});

export default experiment;
