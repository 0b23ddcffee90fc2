/** DoRA by numbers worked out by hand (and with numpy), where the norm is a constant in the gradient; by torch's where it is not. */
import { beforeAll, describe, expect, test } from 'vitest';
import { bothNormal } from '../../../src/adapters/init/arms.ts';
import { dora, type DoraOptions } from '../../../src/adapters/methods/dora.ts';
import { qdora } from '../../../src/adapters/methods/qdora.ts';
import { magnitude, type MagnitudeOptions } from '../../../src/adapters/rescale/magnitude.ts';
import { dense } from '../../../src/adapters/update/dense.ts';
import { lowRank } from '../../../src/adapters/update/lowRank.ts';
import { svd } from '../../../src/adapters/update/svd.ts';
import { RequestError } from '../../../src/errors.ts';
import { startEngine } from '../../../src/tensor/engine.ts';
import { expectNear } from '../../blocks/blockContract.ts';
import { numbers, oneSite } from '../oneSite.ts';

beforeAll(async () => void (await startEngine()));

describe('W = [[3, 4], [0, 5]] (out, in), A = [1, 0], B = [1, 2], s = 1, m = [5, 5], x = [1, 1]', () => {
  const kernel = [
    [3, 0],
    [4, 5],
  ];
  const update = lowRank({ rank: 1, alpha: 1 });

  test('m starts as the norms of the rows of W, and the site at the base', () => {
    const site = oneSite(kernel, update, magnitude());
    expect(site.values().magnitude).toEqual([5, 5]);
    expectNear(site.step([[1, 1]]).y, [7, 5], 1e-6, 'y');
    site.dispose();
  });

  test('norms, output, gradients and merged kernel', () => {
    const site = oneSite(kernel, update, magnitude());
    site.set({ down: [1, 0], up: [1, 2], magnitude: [5, 5] });
    const norms = site.update.columnNorms();
    expectNear(numbers(norms), [5.65685, 5.38516], 2e-6, 'norms');
    norms.dispose();
    const { y, gradients } = site.step([[1, 1]]);
    expectNear(y, [7.07107, 6.49934], 2e-6, 'y');
    expectNear(gradients.magnitude, [1.41421, 1.29987], 5e-6, 'gradient of m');
    expectNear(gradients.up, [0.883883, 0.928477], 2e-6, 'gradient of B'); // through the norm it would be [0, 0.480247]
    expectNear(gradients.down, [2.740837, 2.740837], 2e-6, 'gradient of A'); // and here [0.960493, -0.384197]
    expectNear(site.merged(), [3.53553, 1.85695, 3.53553, 4.64238], 2e-6, "W' [in, out]");
    site.dispose();
  });

  test('gradients through the norm; the rest is the same', () => {
    const site = oneSite(kernel, update, magnitude({ detachNorm: false }));
    site.set({ down: [1, 0], up: [1, 2], magnitude: [5, 5] });
    const { y, gradients } = site.step([[1, 1]]);
    expectNear(y, [7.07107, 6.49934], 2e-6, 'y');
    expectNear(gradients.magnitude, [1.41421, 1.29987], 5e-6, 'gradient of m');
    expectNear(gradients.up, [0, 0.480247], 2e-6, 'gradient of B');
    expectNear(gradients.down, [0.960493, -0.384197], 2e-6, 'gradient of A');
    site.dispose();
  });
});

/**
 * torch 2, in float64, by autograd:   V = W + 1.5 A @ B;   y = (x @ V) * m / V.norm(dim=0);   y.sum().backward(). The numbers of the case
 * were written down, not drawn.
 */
describe("through the norm, against torch's autograd: 4 inputs, 3 outputs, rank 2, s = 1.5", () => {
  const kernel = [
    [1, -2, 0.5],
    [0, 1.5, 2],
    [-1, 0.25, 1],
    [0.75, -0.5, 3],
  ];
  const x = [
    [1, 2, -1, 0.5],
    [-0.5, 1, 1.5, 2],
  ];
  const given = { down: [0.5, -1, 0.25, 0.75, -0.5, 1, 1, 0.5], magnitude: [2, 1.5, 3] };
  const up = [1, 0.5, -0.25, -0.75, 2, 0.5];
  const y = [2.555322412, 0.2700074253, 2.793062868, -1.284720108, 3.037583535, 7.970971723];
  const dDown = [
    0.1565054132, 1.674585042, 2.111921327, 0.07509398643, 0.8333587085, -1.29507027, 1.836470217, 0.1295209435,
  ];
  const dUp = [1.770085109, 1.157521504, 1.291287839, 2.883096176, -0.03146259063, -1.246658075];
  const dMagnitude = [0.6353011522, 2.2050606, 3.588011531];

  test('of a low-rank update', () => {
    const site = oneSite(kernel, lowRank({ rank: 2, alpha: 3 }), magnitude({ detachNorm: false }));
    site.set({ ...given, up });
    const step = site.step(x);
    expectNear(step.y, y, 1e-5, 'y');
    expectNear(step.gradients.down, dDown, 1e-5, 'gradient of A');
    expectNear(step.gradients.up, dUp, 1e-5, 'gradient of B');
    expectNear(step.gradients.magnitude, dMagnitude, 1e-5, 'gradient of m');
    site.dispose();
  });

  test('of the same change with singular values: dP = λ ∘ dB, dλ = Σ P ∘ dB', () => {
    const lambda = [2, -0.5];
    const rows = up.map((value, i) => value / lambda[Math.floor(i / 3)]!);
    const alpha = 1.5 * (2 + 1e-5);
    const site = oneSite(kernel, svd({ rank: 2, alpha }), magnitude({ detachNorm: false }));
    site.set({ ...given, up: rows, singular: lambda });
    const { gradients } = site.step(x);
    const dRows = dUp.map((value, i) => value * lambda[Math.floor(i / 3)]!);
    const dLambda = [0, 1].map((r) => [0, 1, 2].reduce((sum, j) => sum + rows[3 * r + j]! * dUp[3 * r + j]!, 0));
    expectNear(gradients.down, dDown, 1e-5, 'gradient of Q');
    expectNear(gradients.up, dRows, 1e-5, 'gradient of P');
    expectNear(gradients.singular, dLambda, 1e-5, 'gradient of λ');
    site.dispose();
  });

  test('of a whole kernel: all of V minus its part along V, times m / n', () => {
    const site = oneSite(kernel, dense(), magnitude({ detachNorm: false }));
    const norms = [0, 1, 2].map((j) => Math.hypot(...kernel.map((row) => row[j]!)));
    const sums = [0, 1, 2, 3].map((i) => x[0]![i]! + x[1]![i]!); // dy is all ones, and m = n at the start
    const along = norms.map((n, j) => kernel.reduce((sum, row, i) => sum + row[j]! * sums[i]!, 0) / n ** 2);
    expectNear(
      site.step(x).gradients.dense,
      kernel.flatMap((row, i) => row.map((w, j) => sums[i]! - along[j]! * w)),
      1e-5,
      'gradient of V',
    );
    site.dispose();
  });
});

test('m starts as the norms of W + s A B where the update starts away from the base', () => {
  const site = oneSite(
    [
      [3, 0],
      [4, 5],
    ],
    lowRank({ rank: 1, alpha: 2, init: bothNormal({ sigma: 1 }) }),
    magnitude(),
  );
  const { down, up, magnitude: m } = site.values();
  const changed = (i: number, j: number): number => [3, 0, 4, 5][2 * i + j] + 2 * down[i] * up[j];
  expectNear(
    m,
    [0, 1].map((j) => Math.hypot(changed(0, j), changed(1, j))),
    1e-6,
    'm',
  );
  expect(Math.abs(m[0] - 5)).toBeGreaterThan(0.1);
  site.dispose();
});

test('says whether its norm is a constant; DoRA and QDoRA pass the option on', () => {
  expect(magnitude().spec).toEqual({ type: 'magnitude', detachNorm: true });
  for (const make of [dora, qdora]) {
    expect(make({ rank: 2 }).rescale!.spec).toEqual({ type: 'magnitude', detachNorm: true });
    expect(make({ rank: 2, detachNorm: false }).rescale!.spec).toEqual({ type: 'magnitude', detachNorm: false });
  }
});

test('an option that is neither true nor false, or that does not exist, is refused', () => {
  expect(() => magnitude({ detachNorm: 'no' as unknown as boolean })).toThrow(
    'detachNorm is true (the norm is a constant in the gradient) or false, not "no"',
  );
  expect(() => dora({ rank: 2, detachnorm: false } as unknown as DoraOptions)).toThrow(RequestError);
  expect(() => magnitude({ detach: false } as unknown as MagnitudeOptions)).toThrow('did you mean "detachNorm"');
});
