import { describe, expect, it } from 'vitest';
import { compareFamily, type ComparisonRequest } from '../../src/results/comparison.ts';

/** Differences by seed, against zeros. */
function request(...differences: number[]): ComparisonRequest {
  const values = (of: readonly number[]) => of.map((value, seed) => ({ seed, value }));
  return { reference: 'LoRA', of: values(differences.map(() => 0)), variant: values(differences) };
}

/** Five differences of mean m and standard deviation 1. */
const of = (mean: number): ComparisonRequest =>
  request(...[-2, -1, 0, 1, 2].map((step) => mean + step / Math.sqrt(2.5)));

describe('a family of comparisons', () => {
  it('shows a difference where the adjusted p is small, and its direction', () => {
    const [lower, higher, none] = compareFamily([of(-4), of(4), of(0.1)]);
    expect([lower, higher, none].map((one) => one!.verdict)).toEqual(['lower by', 'higher by', 'no difference shown']);
    expect(lower!.difference).toMatchObject({ pairs: 5, mean: expect.closeTo(-4), dz: expect.closeTo(-4) });
    expect(lower!.adjustedP).toBeCloseTo(3 * lower!.difference.p!, 12);
    expect(none!.onlyAlone).toBe(false);
  });

  it('does not show what only its own interval shows', () => {
    const alone = compareFamily([of(1.5)])[0]!;
    expect(alone).toMatchObject({ verdict: 'higher by', onlyAlone: false, adjustedP: alone.difference.p });
    const among = compareFamily([of(1.5), of(0), of(0.2)])[0]!;
    expect(among).toMatchObject({ verdict: 'no difference shown', onlyAlone: true });
    expect(among.difference.interval!.low).toBeGreaterThan(0);
    expect(among.adjustedP).toBeGreaterThan(0.05);
  });

  it('says what it could have seen, alone and at the strictest level', () => {
    const [one] = compareFamily([of(0), of(1), of(2)]);
    expect(one!.smallestDz!.alone).toBeCloseTo(1.682, 3);
    expect(one!.smallestDz!.inFamily).toBeGreaterThan(2);
    const [only] = compareFamily([of(0)]);
    expect(only!.smallestDz!.inFamily).toBe(only!.smallestDz!.alone);
  });

  it('compares seeds that both have, and leaves out of the family what cannot be tested', () => {
    const shifted = { ...of(4), of: [3, 4, 5, 6].map((seed) => ({ seed, value: 0 })) };
    const [two, nothing, single, none] = compareFamily([
      shifted,
      { ...of(4), of: [{ seed: 9, value: 0 }] },
      request(7),
      null,
    ]);
    expect(two!.difference.pairs).toBe(2);
    expect(two!.adjustedP).toBe(two!.difference.p);
    expect([nothing, none]).toEqual([null, null]);
    expect(single).toMatchObject({
      verdict: 'not known from one seed',
      adjustedP: null,
      smallestDz: null,
      bootstrap: null,
      onlyAlone: false,
    });
  });

  it('shows nothing of a variant that is its reference to the bit', () => {
    expect(compareFamily([request(0, 0, 0)])[0]).toMatchObject({ verdict: 'no difference shown', adjustedP: 1 });
  });
});
