import tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { rateTable } from '../../src/optim/rates.ts';
import { transformersAdamw } from '../../src/optim/transformersAdamw.ts';
import { createArena } from '../../src/tensor/arena.ts';
import { release, scoped, startEngine } from '../../src/tensor/engine.ts';
import { expectNear } from '../blocks/blockContract.ts';

beforeAll(async () => void (await startEngine()));

test('ε joins the root before the correction, decay comes after the step', () => {
  const [rate, decay, epsilon] = [0.1, 0.5, 0.1];
  const arena = createArena(1);
  const p = arena.parameter('site', 'up', [1], () => Float32Array.of(2));
  arena.start();
  const rates = rateTable(arena, [rate], decay, () => ({ rate: 1, decay: 1 }));
  const optimizer = transformersAdamw({ epsilon })();
  let [w, m, v] = [2, 0, 0];
  [3, -1, 0.5].forEach((g, i) => {
    const next = scoped(() => optimizer.step(i + 1, arena.values, tf.tensor2d([[g]]), rates.at(1)))();
    arena.replace(next);
    [m, v] = [0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g];
    const size = (rate * Math.sqrt(1 - 0.999 ** (i + 1))) / (1 - 0.9 ** (i + 1));
    w = (w - (size * m) / (Math.sqrt(v) + epsilon)) * (1 - rate * decay);
    expectNear(arena.read(p, 0), [w], 1e-6, `step ${i + 1}`);
  });
  expect(optimizer.spec).toEqual({ type: 'transformersAdamw', beta1: 0.9, beta2: 0.999, epsilon });
  release(Object.values(optimizer.state()));
  rates.dispose();
  arena.dispose();
});

test('without decay nothing is scaled, and a misspelt option is refused', () => {
  expect(() => transformersAdamw({ eps: 1e-8 } as never)).toThrow(/has no option "eps"/);
});
