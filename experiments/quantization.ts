/**
 * What rounding the frozen base costs, and what LoRA on top of it wins back (QLoRA, arXiv:2305.14314): float32, eight bits, four bits in
 * three codes, with and without double quantization, and fewer. "before" in the report is the rounded base without any adapter.
 *
 *   npx adapterlab run experiments/quantization.ts        255 runs in about 11 minutes on two cores
 */
import {
  defineExperiment,
  type Experiment,
  fp4,
  full,
  integer,
  int8,
  lora,
  nf4,
  normalFloat,
  pissa,
  type Recipe,
  smallWorld,
  sums,
} from 'adapterlab';

const lower = [5e-4, 1e-3, 2e-3];
const on = (storage: Recipe['storage']): Recipe => ({ ...lora({ rank: 8 }), storage });

const experiment: Experiment = defineExperiment({
  question: 'How few bits can the frozen base have before LoRA on top of it learns less?',
  base: smallWorld(),
  learn: sums({ digits: 2, train: 6000, validation: 100, test: 300 }),
  retain: smallWorld.sentences({ train: 0, validation: 40, test: 150 }),
  adapt: 'all-linear',
  variants: {
    LoRA: lora({ rank: 8 }),
    int8: on(int8()),
    NF4: on(nf4({ double: false })),
    'NF4, double': on(nf4()),
    FP4: on(fp4()),
    int4: on(integer({ bits: 4 })),
    NF3: on(normalFloat({ bits: 3 })),
    NF2: on(normalFloat({ bits: 2 })),
    'PiSSA on NF4': { recipe: { ...lora({ rank: 8, init: pissa() }), storage: nf4() }, learningRates: lower },
    'q and v alone': { recipe: lora({ rank: 8 }), adapt: ['q_proj', 'v_proj'] },
    'q and v alone, NF4': { recipe: on(nf4()), adapt: ['q_proj', 'v_proj'] },
    full: { recipe: full(), adapt: 'all', learningRates: lower },
  },
  train: { steps: 600, batch: 4, evaluateEvery: 120, learningRates: [1e-3, 2e-3, 4e-3] },
  seeds: 5,
  keep: 'adapters',
  quick: { train: { steps: 40, evaluateEvery: 20, learningRates: [1e-2] }, seeds: 2 },
});

export default experiment;
