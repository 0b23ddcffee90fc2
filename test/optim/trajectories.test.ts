/** Every optimizer against 40 steps of torch's, with decay and schedules, alone and as a lane among others. */
import { readFileSync } from 'node:fs';
import tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { openSafetensors } from '../../src/checkpoint/safetensors.ts';
import { adam } from '../../src/optim/adam.ts';
import { adamw } from '../../src/optim/adamw.ts';
import type { OptimizerFactory } from '../../src/optim/optimizer.ts';
import { rateTable } from '../../src/optim/rates.ts';
import { type ScheduleType, scheduleFactor } from '../../src/optim/schedule.ts';
import { sgd } from '../../src/optim/sgd.ts';
import { createArena } from '../../src/tensor/arena.ts';
import { release, scoped, startEngine } from '../../src/tensor/engine.ts';
import { expectNear } from '../blocks/blockContract.ts';
import { describeWithShared, shared } from '../shared.ts';

interface Settings {
  readonly lr: number;
  readonly weight_decay: number;
  readonly betas?: readonly [number, number];
  readonly eps?: number;
  readonly amsgrad?: boolean;
  readonly momentum?: number;
  readonly dampening?: number;
  readonly nesterov?: boolean;
}

interface Recorded {
  readonly optimizer: string;
  readonly settings: Settings;
  readonly schedule: { readonly type: string; readonly warmupSteps: number; readonly steps: number } | null;
  readonly float64Drift: number;
}

function optimizerOf({ optimizer, settings }: Recorded): OptimizerFactory {
  const { betas: [beta1, beta2] = [0.9, 0.999], eps: epsilon, amsgrad, momentum, dampening, nesterov } = settings;
  if (optimizer === 'SGD') return sgd({ momentum, dampening, nesterov });
  return (optimizer === 'Adam' ? adam : adamw)({ beta1, beta2, epsilon, amsgrad });
}

const parameters = ['matrix', 'vector', 'cube'];

describeWithShared('optimizers step as torch does', () => {
  const folder = shared('fixtures/optimizer');
  const runs = JSON.parse(readFileSync(`${folder}/trajectories.json`, 'utf8')) as { [run: string]: Recorded };
  beforeAll(async () => void (await startEngine()));

  /** Rows of a tensor over all three parameters, one after the other. */
  function rowsOf(prefix: string): Float32Array[] {
    const file = openSafetensors(`${folder}/trajectories.safetensors`);
    const parts = parameters.map((name) => file.read(`${prefix}.${name}`));
    file.close();
    const steps = prefix === 'initial' ? 1 : parts[0].shape[0];
    return Array.from({ length: steps }, (_, step) =>
      Float32Array.from(
        parts.flatMap(({ data }) => {
          const size = data.length / steps;
          return [...data.subarray(step * size, (step + 1) * size)];
        }),
      ),
    );
  }

  test.each(Object.entries(runs))('%s', (name, run) => {
    const [initial] = rowsOf('initial');
    const gradients = rowsOf('gradient');
    const wanted = rowsOf(name);
    const { lr, weight_decay: decay } = run.settings;
    const lanes = [1, 2]; // the second lane has twice the rate
    const arena = createArena(lanes.length);
    arena.parameter('all', 'dense', [initial.length], () => initial);
    arena.start();
    const rates = rateTable(
      arena,
      lanes.map((times) => lr * times),
      decay,
      () => ({ rate: 1, decay: 1 }),
    );
    const optimizer = optimizerOf(run)();
    const { schedule } = run;
    gradients.forEach((row, i) => {
      const type = schedule?.type.replace('_with_warmup', '') as ScheduleType;
      const factor = schedule ? scheduleFactor({ ...schedule, type }, i + 1, schedule.steps) : 1;
      const next = scoped(() => {
        const gradient = tf.tensor2d([...row, ...row], [2, row.length]);
        return optimizer.step(i + 1, arena.values, gradient, rates.at(factor));
      })();
      arena.replace(next);
      const [first, second] = [0, 1].map((lane) => arena.read(arena.parameters[0], lane));
      expectNear(first, wanted[i], 2 * run.float64Drift + 1e-6, `step ${i + 1}`);
      if (i > 10) expect(second).not.toEqual(first);
    });
    release(Object.values(optimizer.state()));
    rates.dispose();
    arena.dispose();
  });
});
