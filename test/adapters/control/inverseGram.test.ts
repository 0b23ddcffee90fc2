import tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { inverseGram } from '../../../src/adapters/control/inverseGram.ts';
import { RequestError } from '../../../src/errors.ts';
import { type Arena, createArena } from '../../../src/tensor/arena.ts';
import { scoped, startEngine } from '../../../src/tensor/engine.ts';
import { stream } from '../../../src/tensor/random.ts';
import { expectNear } from '../../blocks/blockContract.ts';

beforeAll(async () => void (await startEngine()));

/** B [2, 3] under a frozen A [3, 2], and a parameter beside it. */
function preconditioned(a: readonly (readonly number[])[], gradient: readonly number[], scale: number): number[] {
  const lanes = a.length;
  const arena: Arena = createArena(lanes);
  arena.constant('site', 'down', [3, 2], (lane) => Float32Array.from(a[lane]));
  const beside = arena.parameter('site', 'upBias', [2], () => new Float32Array(2));
  const up = arena.parameter('site', 'up', [2, 3], () => new Float32Array(6));
  arena.start();
  const control = inverseGram().create([{ name: 'site', parameters: [beside, up], derived: { scale } }], arena, 1, () =>
    stream(0),
  );
  const rows = scoped(() => control.precondition(tf.tensor2d([...gradient], [lanes, 8])))();
  const values = [...rows.dataSync<'float32'>()];
  rows.dispose();
  arena.dispose();
  return values;
}

test('B’s gradient is (AᵀA)⁻¹ dB / s², what is beside it stays, each lane by its own A', () => {
  const diagonal = [2, 0, 0, 4, 0, 0]; // AᵀA = diag(4, 16)
  const mixed = [1, 1, 1, 0, 0, 0]; // AᵀA = [[2, 1], [1, 1]], inverse [[1, −1], [−1, 2]]
  const dB = [1, 2, 3, 4, 5, 6];
  const wanted = [7, 8, 1 / 16, 2 / 16, 3 / 16, 4 / 64, 5 / 64, 6 / 64];
  expectNear(preconditioned([diagonal], [7, 8, ...dB], 2), wanted, 1e-6, 'one lane');
  const both = preconditioned([diagonal, mixed], [7, 8, ...dB, 9, 10, ...dB], 2);
  expectNear(both.slice(0, 8), wanted, 1e-6, 'first lane');
  const other = [9, 10, ...[1 - 4, 2 - 5, 3 - 6, 8 - 1, 10 - 2, 12 - 3].map((value) => value / 4)];
  expectNear(both.slice(8), other, 1e-6, 'second lane');
});

test('is the least-squares step of the kernel: s A dB comes nearest to the gradient that the kernel would have', () => {
  const a = [1, 2, -1, 1, 3, 0];
  const g = [1, -2, 0.5, 3, 1, -1, 2, 0, 4]; // [3, 3], the kernel's gradient; dB = s Aᵀ G
  const scale = 3;
  const dB = Array.from({ length: 6 }, (_, at) => {
    const [r, j] = [Math.floor(at / 3), at % 3];
    return scale * [0, 1, 2].reduce((sum, i) => sum + a[i * 2 + r] * g[i * 3 + j], 0);
  });
  const step = preconditioned([a], [0, 0, ...dB], scale).slice(2);
  // the residual G − s A step is orthogonal to the columns of A
  for (let r = 0; r < 2; r++)
    for (let j = 0; j < 3; j++) {
      const along = [0, 1, 2].reduce((sum, i) => {
        const got = scale * (a[i * 2] * step[j] + a[i * 2 + 1] * step[3 + j]);
        return sum + a[i * 2 + r] * (g[i * 3 + j] - got);
      }, 0);
      expect(Math.abs(along)).toBeLessThan(1e-5);
    }
});

test('an A of fewer dimensions than its rank has the pseudoinverse', () => {
  const values = preconditioned([[1, 1, 1, 1, 1, 1]], [0, 0, 2, 0, 0, 0, 0, 0], 1); // AᵀA = 3 everywhere, pinv 1/12
  expectNear(values, [0, 0, 1 / 6, 0, 0, 1 / 6, 0, 0], 1e-5, 'B');
});

test('small singular values count above float32’s resolution, and δ = 1e-8 beside them', () => {
  const dB = [1, 2, 3, 4, 5, 6];
  const uneven = preconditioned([[1, 0, 0, 0.01, 0, 0]], [0, 0, ...dB], 1).slice(2);
  expectNear(uneven.slice(0, 3), [1, 2, 3], 1e-6, 'AᵀA = 1');
  expectNear(
    uneven.slice(3),
    [4, 5, 6].map((value) => value / (1e-4 + 1e-8)),
    0.1,
    'AᵀA = 1e-4',
  );
  const tiny = preconditioned([[1e-4, 0, 0, 1e-4, 0, 0]], [0, 0, ...dB], 1).slice(2);
  expectNear(
    tiny.map((value) => value * 2e-8),
    dB,
    1e-4,
    'AᵀA = δ',
  );
});

test('without a frozen A it says what is missing', () => {
  const arena = createArena(1);
  const up = arena.parameter('site', 'up', [2, 3], () => new Float32Array(6));
  const create = (): unknown =>
    inverseGram().create([{ name: 'site', parameters: [up], derived: {} }], arena, 1, () => stream(0));
  expect(create).toThrow(RequestError);
  expect(create).toThrow(/a frozen A at site: lowRank\({ …, freezeDown: true }\)/);
});
