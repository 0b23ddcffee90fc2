import { describe, expect, it } from 'vitest';
import { intrinsicDimension } from '../../src/analysis/intrinsicDimension.ts';

const points = [
  { dimension: 1000, score: 0.95 },
  { dimension: 10, score: 0.4 },
  { dimension: 100, score: 0.8 },
];

describe('the intrinsic dimension', () => {
  it('is the smallest that reaches nine tenths of the full score', () => {
    const { threshold, smallest, interpolated } = intrinsicDimension(points, 1);
    expect(threshold).toBe(0.9);
    expect(smallest).toBe(1000);
    expect(interpolated).toBeCloseTo(100 * 10 ** (0.1 / 0.15), 9);
  });

  it('counts what was gained over the base, of losses as well', () => {
    expect(intrinsicDimension(points, 1, 0.5).smallest).toBe(1000);
    expect(intrinsicDimension(points, 1, -1).smallest).toBe(100);
    const losses = points.map(({ dimension, score }) => ({ dimension, score: 3 - score }));
    expect(intrinsicDimension(losses, 2, 4).smallest).toBe(100);
  });

  it('is not known where no point reaches it, and not crossed below the first', () => {
    expect(intrinsicDimension(points, 2)).toEqual({ threshold: 1.8, smallest: null, interpolated: null });
    expect(intrinsicDimension(points, 0.4)).toMatchObject({ smallest: 10, interpolated: 10 });
  });

  it('refuses what has no answer', () => {
    expect(() => intrinsicDimension([], 1)).toThrow('no dimension was measured');
    expect(() => intrinsicDimension(points, 1, 1)).toThrow('gained nothing');
    expect(() => intrinsicDimension([{ dimension: 0, score: 1 }], 1)).toThrow('must be positive, not 0');
  });
});
