/**
 * All methods on equal footing. The embedded base, which has never seen a sum, learns to add numbers of two digits. Every variant
 * has its own sweep of learning rates of equal size (a grid whose best rate lies at its edge grows), the same seeds, batches and
 * evaluation sets, as many trained parameters as LoRA at rank 8 where its rank can be chosen, and the same effective scale: at which
 * rsLoRA is LoRA (rank-sweep.ts shows them where they differ).
 *
 *   npx adapterlab run experiments/equal-footing.ts        392 runs in about 26 minutes on two cores
 */
import {
  adalora,
  defineExperiment,
  dora,
  type Experiment,
  full,
  ia3,
  lora,
  loraFa,
  loraPlus,
  pissa,
  qdora,
  qlora,
  smallWorld,
  sums,
  vera,
} from 'adapterlab';

const grid = [1e-3, 2e-3, 4e-3];
/** Of methods whose updates are smaller for the same rate. */
const higher = [5e-3, 1e-2, 2e-2];
/** Of those that train few numbers, each of which scales many. */
const highest = [2e-2, 4e-2, 8e-2];
/** Of those that move larger tensors, or some at a multiple of the rate. */
const lower = [5e-4, 1e-3, 2e-3];

const experiment: Experiment = defineExperiment({
  question:
    'Which method learns sums best for the same number of trained parameters, and which forgets least of the small world?',
  base: smallWorld(),
  learn: sums({ digits: 2, train: 6000, validation: 100, test: 300 }),
  retain: smallWorld.sentences({ train: 0, validation: 40, test: 150 }),
  adapt: 'all-linear',
  match: { parameters: 'LoRA', at: 'end', scale: 2 },
  variants: {
    LoRA: lora({ rank: 8, alpha: 16 }),
    'LoRA+': { recipe: (size) => loraPlus(size), learningRates: lower },
    DoRA: { recipe: (size) => dora(size) },
    AdaLoRA: {
      recipe: ({ rank, alpha }) => adalora({ rank: Math.ceil(1.5 * rank), target: rank, alpha }),
      learningRates: higher,
    },
    QLoRA: { recipe: (size) => qlora(size) },
    QDoRA: { recipe: (size) => qdora(size) },
    PiSSA: { recipe: (size) => lora({ ...size, init: pissa() }), learningRates: lower },
    'LoRA-FA': { recipe: (size) => loraFa(size), learningRates: higher },
    VeRA: { recipe: vera({ rank: 64 }), learningRates: highest },
    'IA³': { recipe: ia3(), adapt: ['k_proj', 'v_proj', 'down_proj'], learningRates: highest },
    'norms alone': { recipe: full(), adapt: '.*norm.*', learningRates: higher },
    full: { recipe: full(), adapt: 'all', learningRates: lower },
  },
  train: { steps: 600, batch: 4, evaluateEvery: 120, learningRates: grid },
  seeds: 8,
  keep: 'adapters',
  quick: { train: { steps: 60, evaluateEvery: 20, learningRates: [1e-2] }, seeds: 2 },
});

export default experiment;
