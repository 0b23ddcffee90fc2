/** LoHa and LoKr by hand. What PEFT makes of them is compared in test/parity. */
import { beforeAll, describe, expect, test } from 'vitest';
import { loha } from '../../../src/adapters/update/loha.ts';
import { factorization, lokr, type LokrOptions } from '../../../src/adapters/update/lokr.ts';
import type { UpdateRule } from '../../../src/adapters/types.ts';
import { RequestError } from '../../../src/errors.ts';
import { startEngine } from '../../../src/tensor/engine.ts';
import { numbers, oneSite } from '../oneSite.ts';

beforeAll(async () => void (await startEngine()));

const zeros = (inputs: number, outputs: number): number[][] =>
  Array.from({ length: inputs }, () => Array<number>(outputs).fill(0));
const place = (inputs: number, outputs: number) =>
  ({ name: 'layer.v_proj', kind: 'linear', shape: [inputs, outputs] }) as const;

describe('LoHa', () => {
  test('is s (D₁ U₁) ∘ (D₂ U₂), and has the gradients of that', () => {
    const site = oneSite(zeros(2, 2), loha({ rank: 1, alpha: 3 }));
    site.set({ firstDown: [1, 2], firstUp: [3, 4], secondDown: [5, 6], secondUp: [7, 8] });
    const delta = site.update.delta(0);
    expect(numbers(delta)).toEqual([3 * 3 * 35, 3 * 4 * 40, 3 * 6 * 42, 3 * 8 * 48]);
    delta.dispose();
    const { y, dx, gradients } = site.step([[1, 1]]);
    expect(y).toEqual([315 + 756, 480 + 1152]);
    expect(dx).toEqual([315 + 480, 756 + 1152]);
    // ∂y₁+y₂ / ∂D₁ = s Σ_j U₁_j (D₂U₂)_ij
    expect(gradients.firstDown).toEqual([3 * (3 * 35 + 4 * 40), 3 * (3 * 42 + 4 * 48)]);
    expect(gradients.secondUp).toEqual([3 * (3 * 5 + 6 * 6), 3 * (4 * 5 + 8 * 6)]);
    site.dispose();
  });

  test('starts with D₂ = 0 and the rest uniform within 1/√fan-in', () => {
    const site = oneSite(zeros(400, 100), loha({ rank: 4 }));
    const { firstDown, firstUp, secondDown, secondUp } = site.values();
    expect(secondDown).toEqual(Array(1600).fill(0));
    for (const [values, bound] of [
      [firstDown, 1 / 20],
      [firstUp, 1 / 2],
      [secondUp, 1 / 2],
    ] as const) {
      const largest = Math.max(...values.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(bound);
      expect(largest).toBeGreaterThan(0.97 * bound);
    }
    site.dispose();
  });

  test('holds 2 r (in + out) numbers; rank and α by site', () => {
    const { trained, derived } = loha({ rank: 3, rankPattern: { v_proj: 2 }, alphaPattern: { v_proj: 5 } }).outline(
      place(10, 6),
    );
    expect(trained).toEqual({ firstDown: [10, 2], firstUp: [2, 6], secondDown: [10, 2], secondUp: [2, 6] });
    expect(derived).toEqual({ rank: 2, alpha: 5, scale: 2.5 });
  });
});

test.each([loha, lokr])('α is 2 r unless given, and so it is noted', (rule) => {
  expect(rule({ rank: 3 }).spec).toMatchObject({ rank: 3, alpha: 6 });
  expect(rule({ rank: 3 }).outline(place(10, 6)).derived).toEqual({ rank: 3, alpha: 6, scale: 2 });
});

describe('LoKr', () => {
  test.each([
    [256, -1, [16, 16]],
    [128, -1, [8, 16]],
    [127, -1, [1, 127]],
    [128, 4, [4, 32]],
    [250, -1, [10, 25]],
    [360, 4, [4, 90]],
    [250, 4, [2, 125]],
    [360, 16, [15, 24]],
    [1, -1, [1, 1]],
  ] as const)('%i by %i is %j', (width, factor, found) => {
    expect(factorization(width, factor)).toEqual(found);
  });

  test('is s (L ⊗ R): every number of L times all of R', () => {
    const site = oneSite(zeros(4, 4), lokr({ rank: 1, alpha: 3 }));
    expect(site.arena.parameters.map(({ role, shape }) => [role, shape])).toEqual([
      ['left', [2, 2]],
      ['right', [2, 2]],
    ]);
    site.set({ left: [1, 2, 3, 4], right: [5, 6, 7, 8] });
    const delta = site.update.delta(0);
    const kronecker = [5, 6, 10, 12, 7, 8, 14, 16, 15, 18, 20, 24, 21, 24, 28, 32];
    expect(numbers(delta)).toEqual(kronecker.map((value) => 3 * value));
    delta.dispose();
    const { gradients } = site.step([[1, 0, 0, 0]]);
    expect(gradients).toEqual({ left: [3 * 11, 3 * 11, 0, 0], right: [3 * 3, 3 * 3, 0, 0] });
    site.dispose();
  });

  const shapes = (options: LokrOptions): object => lokr(options).outline(place(24, 40)).trained;
  test('R is a product where the rank is below half of its longer side, and L too where both are to be', () => {
    // 24 = 4 · 6, 40 = 5 · 8
    expect(shapes({ rank: 3 })).toEqual({ left: [4, 5], rightDown: [6, 3], rightUp: [3, 8] });
    expect(shapes({ rank: 4 })).toEqual({ left: [4, 5], right: [6, 8] });
    expect(shapes({ rank: 2, decomposeBoth: true })).toEqual({
      leftDown: [4, 2],
      leftUp: [2, 5],
      rightDown: [6, 2],
      rightUp: [2, 8],
    });
    expect(shapes({ rank: 3, decomposeBoth: true })).toMatchObject({ left: [4, 5] });
    expect(shapes({ rank: 3, decomposeFactor: 8 })).toEqual({ left: [8, 8], right: [3, 5] });
    expect(shapes({ rank: 4, decomposeFactor: 8, decomposeBoth: true })).toEqual({ left: [8, 8], right: [3, 5] });
    expect(shapes({ rank: 3, decomposeFactor: 8, decomposeBoth: true })).toMatchObject({ leftDown: [8, 3] });
  });

  test('starts at zero by L alone', () => {
    for (const decomposeBoth of [false, true]) {
      const site = oneSite(zeros(24, 40), lokr({ rank: 2, decomposeBoth }));
      const isZero = Object.entries(site.values()).filter(([, values]) => values.every((value) => value === 0));
      expect(isZero.map(([role]) => role)).toEqual([decomposeBoth ? 'leftUp' : 'left']);
      site.dispose();
    }
  });

  test("starts with the rest uniform within 1/√fan-in, of PEFT's turned tensors: our first axis", () => {
    for (const [rank, role, bound] of [
      [4, 'rightDown', 1 / 20],
      [4, 'rightUp', 1 / 2],
      [200, 'right', 1 / 20],
    ] as const) {
      const site = oneSite(zeros(400, 36), lokr({ rank, decomposeFactor: 1 }));
      const largest = Math.max(...site.values()[role].map(Math.abs));
      expect(largest).toBeLessThanOrEqual(bound);
      expect(largest).toBeGreaterThan(0.97 * bound);
      site.dispose();
    }
  });

  test.each([0, -2, 1.5])('a factor of %d is refused', (decomposeFactor) => {
    expect(() => lokr({ rank: 2, decomposeFactor })).toThrow(RequestError);
    expect(() => lokr({ rank: 2, decomposeFactor })).toThrow(/at least 1, or -1/);
  });
});

describe.each<[string, (options: never) => UpdateRule]>([
  ['loha', loha],
  ['lokr', lokr],
])('%s refuses', (_name, make: (options: never) => UpdateRule) => {
  test.each([
    [{ rank: 0 }, /at least 1, not 0/],
    [{ rank: 2, alpha: 0 }, /alpha must be a number above 0, not 0/],
    [{ rank: 2, alfa: 3 }, /has no option "alfa"; did you mean "alpha"/],
  ])('%j', (options, message) => {
    expect(() => make(options as never)).toThrow(RequestError);
    expect(() => make(options as never)).toThrow(message);
  });
});
