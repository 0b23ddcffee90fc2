/** Starts that compute both factors at once, against their definitions and against what PEFT left of the kernels of a reference run. */
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type FactorPlace, factorStarts, type JointInit } from '../../../src/adapters/init/factorInit.ts';
import { olora } from '../../../src/adapters/init/olora.ts';
import { orthogonal } from '../../../src/adapters/init/orthogonal.ts';
import { pissa } from '../../../src/adapters/init/pissa.ts';
import { lowRank } from '../../../src/adapters/update/lowRank.ts';
import { openSafetensors } from '../../../src/checkpoint/safetensors.ts';
import { RequestError } from '../../../src/errors.ts';
import { startEngine } from '../../../src/tensor/engine.ts';
import { float32Kernel } from '../../../src/tensor/frozen.ts';
import { stream } from '../../../src/tensor/random.ts';
import { transposed } from '../../../src/tensor/transposed.ts';
import { describeWithShared, shared } from '../../shared.ts';
import { numbers, oneSite } from '../oneSite.ts';

beforeAll(async () => void (await startEngine()));

type Matrix = { readonly rows: number; readonly columns: number; readonly at: (row: number, column: number) => number };

const matrix = (values: ArrayLike<number>, rows: number, columns: number): Matrix => ({
  rows,
  columns,
  at: (row, column) => values[row * columns + column],
});
const turned = ({ rows, columns, at }: Matrix): Matrix => ({ rows: columns, columns: rows, at: (r, c) => at(c, r) });
const product = (a: Matrix, b: Matrix): Matrix =>
  matrix(
    Array.from({ length: a.rows * b.columns }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < a.columns; k++) sum += a.at(Math.floor(i / b.columns), k) * b.at(k, i % b.columns);
      return sum;
    }),
    a.rows,
    b.columns,
  );
function farthest(a: Matrix, wanted: (row: number, column: number) => number): number {
  let most = 0;
  for (let r = 0; r < a.rows; r++)
    for (let c = 0; c < a.columns; c++) most = Math.max(most, Math.abs(a.at(r, c) - wanted(r, c)));
  return most;
}

const shapes: readonly (readonly [number, number])[] = [
  [12, 7],
  [7, 12],
  [9, 9],
];

function made(
  init: JointInit,
  shape: readonly [number, number],
  rank: number,
  scale: number,
): [Matrix, Matrix, Matrix] {
  const kernel = stream(3, 'kernel').fillNormal(new Float32Array(shape[0] * shape[1]), 1);
  const place: FactorPlace = { shape, rank, scale, kernel: () => kernel, random: (purpose) => stream(4, purpose) };
  const { down, up } = init.factors(place);
  return [matrix(kernel, ...shape), matrix(down, shape[0], rank), matrix(up, rank, shape[1])];
}

describe.each(shapes)('of a kernel %i x %i', (...shape) => {
  test('PiSSA: nothing that is left has a component along what was taken, and A and B share the singular values', () => {
    const [w, a, b] = made(pissa(), shape, 3, 2);
    const ab = product(a, b);
    const left = { ...w, at: (r: number, c: number) => w.at(r, c) - 2 * ab.at(r, c) };
    expect(farthest(product(turned(a), left), () => 0)).toBeLessThan(1e-5);
    expect(farthest(product(left, turned(b)), () => 0)).toBeLessThan(1e-5);
    const [ofA, ofB] = [product(turned(a), a), product(b, turned(b))];
    expect(farthest(ofA, (r, c) => (r === c ? ofB.at(r, c) : 0))).toBeLessThan(1e-5);
    expect(ofA.at(0, 0)).toBeGreaterThan(ofA.at(1, 1));
    expect(ofA.at(1, 1)).toBeGreaterThan(ofA.at(2, 2));
  });

  test('OLoRA: B has orthonormal rows that span the first columns of Wᵀ, A = W Bᵀ; the scale is not divided out', () => {
    const [w, a, b] = made(olora(), shape, 3, 2);
    expect(farthest(product(b, turned(b)), (r, c) => Number(r === c))).toBeLessThan(1e-6);
    expect(farthest(a, product(w, turned(b)).at)).toBeLessThan(1e-5);
    const spanned = product(a, b);
    for (let r = 0; r < 3; r++) for (let c = 0; c < shape[1]; c++) expect(spanned.at(r, c)).toBeCloseTo(w.at(r, c), 5); // the first rows of W
    expect(Math.abs(a.at(0, 1))).toBeLessThan(1e-6); // R is upper triangular
  });

  test('orthogonal: both factors are there, and their product is not', () => {
    const [, a, b] = made(orthogonal(), shape, 4, 2);
    for (const factor of [a, b]) expect(farthest(factor, () => 0)).toBeGreaterThan(0.05);
    expect(farthest(product(a, b), () => 0)).toBeLessThan(1e-7);
  });
});

test('a rank that there is not is refused, before anything is computed', () => {
  const place = { name: 'site', kind: 'linear', shape: [6, 4] } as const;
  for (const init of [pissa(), olora()]) {
    expect(() => lowRank({ rank: 5, init }).outline(place)).toThrow(RequestError);
    expect(() => lowRank({ rank: 5, init }).outline(place)).toThrow(/at most rank 4 here, not 5/);
    expect(lowRank({ rank: 4, init }).outline(place).frozen).toEqual({ downStart: [6, 4], upStart: [4, 4] });
  }
  expect(() => lowRank({ rank: 3, init: orthogonal() }).outline(place)).toThrow(/even rank, not 3/);
  expect(lowRank({ rank: 2, init: orthogonal() }).outline(place).frozen).toEqual({});
});

test('what is drawn is each lane’s own, what follows from the kernel is one for all', () => {
  const kernel = float32Kernel(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2]);
  const site = { name: 'site', kind: 'linear', shape: [3, 2], use: kernel.use } as const;
  const starts = (init: JointInit) =>
    factorStarts(init, site, { rank: 2, scale: 1 }, (lane, purpose) => stream(lane, purpose));
  const drawn = starts(orthogonal());
  expect(drawn.down(0)).not.toEqual(drawn.down(1));
  expect(drawn.up(1)).toEqual(starts(orthogonal()).up(1));
  const computed = starts(pissa());
  expect(computed.down(1)).toBe(computed.down(0));
  kernel.dispose();
});

test('orthogonal: every number of A and B has the deviation √½ / 10, as PEFT draws them', () => {
  const [, a, b] = made(orthogonal(), [300, 400], 4, 2);
  for (const { at, rows, columns } of [a, b]) {
    let sum = 0;
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) sum += at(r, c) ** 2;
    expect(Math.sqrt(sum / rows / columns)).toBeCloseTo(Math.SQRT1_2 / 10, 2);
  }
});

test('an embedding starts as usual', () => {
  const rule = lowRank({ rank: 2, init: pissa() });
  expect(rule.outline({ name: 'site', kind: 'embedding', shape: [6, 4] }).frozen).toEqual({});
  const site = oneSite([[1], [2], [3]], rule, undefined, { kind: 'embedding' });
  expect(site.values().down).toEqual(Array(6).fill(0));
  site.dispose();
});

test('the start is taken away from the kernel, so that nothing changes before a step', () => {
  const site = oneSite(
    [
      [3, 1],
      [0, 2],
    ],
    lowRank({ rank: 1, alpha: 3, init: pissa() }),
  );
  const delta = site.update.delta(0);
  numbers(delta).forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-6));
  delta.dispose();
  const left = numbers(site.update.residual!.matrix(0));
  expect(Math.hypot(...left)).toBeCloseTo(Math.sqrt(7 + Math.sqrt(13)), 5); // its largest singular value
  site.set({ down: [0, 0] });
  site.merged().forEach((value, i) => expect(value).toBeCloseTo([3, 1, 0, 2][i] + left[i], 5));
  site.dispose();
});

describeWithShared('what PEFT left of the kernels', () => {
  test.each([
    ['pissa', 'llama', pissa(), 4, 2],
    ['pissa-gpt2', 'gpt2', pissa(), 4, 1],
    ['olora', 'llama', olora(), 4, 2],
  ] as const)('%s', (name, base, init, rank, scale) => {
    const runs = shared('fixtures/runs');
    const weights = openSafetensors(path.join(runs, 'bases', base, 'model.safetensors'));
    const reference = openSafetensors(path.join(runs, name, 'expected.safetensors'));
    const residuals = [...reference.tensors.keys()].filter((key) => key.startsWith('residual.'));
    expect(residuals.length).toBeGreaterThan(1);
    for (const key of residuals) {
      const { shape, data } = weights.read(key.slice('residual.'.length));
      const isTurned = base === 'llama';
      const [inputs, outputs] = isTurned ? [shape[1], shape[0]] : shape;
      const kernel = isTurned ? transposed(data, outputs, inputs) : data;
      const { down, up } = init.factors({
        rank,
        scale,
        shape: [inputs, outputs],
        kernel: () => kernel,
        random: (purpose) => stream(0, purpose),
      });
      const taken = product(matrix(down, inputs, rank), matrix(up, rank, outputs));
      const recorded = matrix(reference.read(key).data, shape[0], shape[1]);
      const left = isTurned ? turned(recorded) : recorded;
      const w = matrix(kernel, inputs, outputs);
      expect(farthest(left, (r, c) => w.at(r, c) - scale * taken.at(r, c))).toBeLessThan(2e-5);
    }
    weights.close();
    reference.close();
  });
});
