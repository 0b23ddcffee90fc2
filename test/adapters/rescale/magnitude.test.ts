/** DoRA by numbers worked out by hand (and with numpy): the norm is a constant in the gradient. */
import { beforeAll, describe, expect, test } from 'vitest';
import { bothNormal } from '../../../src/adapters/init/arms.ts';
import { magnitude } from '../../../src/adapters/rescale/magnitude.ts';
import { lowRank } from '../../../src/adapters/update/lowRank.ts';
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

test('says that its norm is a constant', () => {
  expect(magnitude().spec).toEqual({ type: 'magnitude', detachNorm: true });
});
