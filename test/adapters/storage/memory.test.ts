/** A kernel in codes is full only while a product needs it: no full-precision copy outlives its use. */
import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { methodOf } from '../../../src/adapters/compose.ts';
import { lora } from '../../../src/adapters/methods/lora.ts';
import { storageByName } from '../../../src/adapters/storage/index.ts';
import { adamw } from '../../../src/optim/adamw.ts';
import { startEngine } from '../../../src/tensor/engine.ts';
import { loadBase } from '../../../src/train/base.ts';
import { createModel } from '../../../src/train/model.ts';
import { startRun, train } from '../../../src/train/trainer.ts';
import { tinyLlama } from '../../tinyLlama.ts';

beforeAll(async () => void (await startEngine()));

const config = { hidden_size: 64, intermediate_size: 160, num_hidden_layers: 3 };
const largestKernel = 4 * 64 * 160;

interface Measured {
  /** Bytes of all tensors that the base, the model and the run hold between steps. */
  readonly rest: number;
  readonly restLater: number;
  /** Of tensors at the fullest moment of a step, above what is held between steps. */
  readonly step: number;
  /** Of the kernels in full precision. */
  readonly kernels: number;
  /** What the storage says that it holds of them. */
  readonly held: number;
}

async function measured(storage: string, lanes: number): Promise<Measured> {
  const before = tf.memory().numBytes;
  const base = loadBase(tinyLlama(config), storageByName(storage));
  const seeds = Array.from({ length: lanes }, (_, lane) => lane);
  const method = methodOf(lora({ rank: 2 }));
  const model = createModel(base, {
    seeds,
    methodFor: (name) => (name.endsWith('q_proj') || name.endsWith('v_proj') ? method : null),
  });
  const ids = Int32Array.from({ length: lanes * 2 * 8 }, (_, i) => (i * 7) % 32);
  const run = startRun(model, {
    steps: 4,
    batch: () => ({ ids, labels: ids, length: 8 }),
    optimizer: adamw(),
    schedule: { type: 'constant', warmupSteps: 0 },
    learningRates: seeds.map(() => 1e-3),
  });
  const steps = train(run);
  steps.next();
  steps.next();
  const rest = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(() => {
    steps.next();
    return [];
  });
  const packed = base.sites.filter((site) => site.held === 'packed');
  const result = {
    rest: rest - before,
    restLater: tf.memory().numBytes - before,
    step: peakBytes - rest,
    kernels: packed.reduce((sum, { shape: [inputs, outputs] }) => sum + 4 * inputs * outputs, 0),
    held: packed.reduce((sum, { name }) => sum + base.weights.kernel(name).bytes, 0),
  };
  run.dispose();
  model.dispose();
  base.dispose();
  return result;
}

describe.each(['nf4', 'nf3', 'nf2', 'fp4', 'int8', 'dynamic8'])('%s', (storage) => {
  test.each([1, 2])(
    'between steps the full kernels are gone, in a step there is one at a time: %d lanes',
    async (lanes) => {
      const full = await measured('float32', lanes);
      const coded = await measured(storage, lanes);
      expect(coded.restLater).toBe(coded.rest);
      // Codes and scales lie on the host: all of the kernels is gone from the engine.
      expect(full.rest - coded.rest).toBeGreaterThanOrEqual(full.kernels);
      expect(coded.held).toBeLessThan(full.kernels / (storage.endsWith('8') ? 3.5 : 7));
      expect(coded.step).toBeLessThanOrEqual(full.step + largestKernel);
    },
  );
});
