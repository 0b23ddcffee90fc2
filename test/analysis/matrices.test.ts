/** The formulas on matrices against NumPy (make.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { amplification } from '../../src/analysis/amplification.ts';
import { type Change, denseChange, frobeniusNorm, singularDirections } from '../../src/analysis/change.ts';
import { pearson } from '../../src/statistics/correlation.ts';
import {
  type Directions,
  directionsOf,
  innerProducts,
  leadingOutputDirections,
} from '../../src/analysis/directions.ts';
import { effectiveRank, stableRank } from '../../src/analysis/effectiveRank.ts';
import { intruderDimensions, largestCosines } from '../../src/analysis/intruderDimensions.ts';
import { magnitudeAndDirection } from '../../src/analysis/magnitudeAndDirection.ts';
import { orthogonalityError } from '../../src/analysis/orthogonality.ts';
import { energyShare, singularSpectrum } from '../../src/analysis/singularSpectrum.ts';
import { predictedStartVariance, startVariance } from '../../src/analysis/startVariance.ts';
import {
  randomSimilarity,
  randomSimilarityInterval,
  subspaceSimilarity,
} from '../../src/analysis/subspaceSimilarity.ts';
import { stream } from '../../src/tensor/random.ts';
import { thinSvd } from '../../src/tensor/svd.ts';

interface Sides<T> {
  readonly input: T;
  readonly output: T;
}
interface Forms<T> {
  readonly product: T;
  readonly dense: T;
}
const numpy = JSON.parse(readFileSync(new URL('numpy.json', import.meta.url), 'utf8')) as {
  shape: [number, number];
  rank: number;
  kernel: number[];
  down: number[];
  up: number[];
  dense: number[];
  spectrum: Forms<number[]>;
  effectiveRank: Forms<number>;
  stableRank: Forms<number>;
  energyShare: { dense: number[] };
  similarity: Sides<Record<string, number>>;
  randomSimilarity: Record<string, [number, number, number]>;
  amplification: { change: number; projected: number; own: number; random: number; projectedOfFirstTwo: number };
  largestCosines: Sides<number[]>;
  magnitudeAndDirection: Forms<[number, number]>;
  orthogonality: { vectors: number[]; shape: [number, number]; error: number };
  correlation: { x: number[]; y: number[]; r: number };
  startVariance: number;
};

const { shape, rank, down, up, kernel } = numpy;
const product: Change = { form: 'product', shape, rank, down, up };
const dense: Change = { form: 'dense', shape, values: numpy.dense };
const sum = (a: ArrayLike<number>, b: ArrayLike<number>): number[] => Array.from(a, (value, i) => value + b[i]!);
const closeTo = (found: ArrayLike<number>, expected: readonly number[], digits = 9): void => {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, digits));
};

describe.each(['product', 'dense'] as const)('a change held as %s', (form) => {
  const change = { product, dense }[form];

  it('has the singular values of NumPy, in order', () => closeTo(singularSpectrum(change), numpy.spectrum[form]));

  it('is what its directions and singular values multiply to', () => {
    const { u, s, v } = singularDirections(change);
    const whole = denseChange(change);
    for (let i = 0; i < shape[0]; i++)
      for (let j = 0; j < shape[1]; j++) {
        const entry = s.reduce((all, value, r) => all + u[i * s.length + r]! * value * v[j * s.length + r]!, 0);
        expect(entry).toBeCloseTo(whole[i * shape[1] + j]!, 9);
      }
  });

  it('has the effective and the stable rank of NumPy', () => {
    const spectrum = singularSpectrum(change);
    expect(effectiveRank(spectrum)).toBeCloseTo(numpy.effectiveRank[form], 9);
    expect(stableRank(spectrum)).toBeCloseTo(numpy.stableRank[form], 9);
  });

  it('moves the kernel in magnitude and direction as NumPy says', () => {
    const moved = magnitudeAndDirection(kernel, sum(kernel, denseChange(change)), shape);
    closeTo([moved.magnitude, moved.direction], numpy.magnitudeAndDirection[form]);
  });
});

describe('ranks as real numbers', () => {
  it('count equal values, and nothing where there is nothing', () => {
    for (const of of [effectiveRank, stableRank]) {
      expect(of([3, 3, 3, 0])).toBeCloseTo(3, 12);
      expect(of([5])).toBeCloseTo(1, 12);
      expect(of([0, 0])).toBeNaN();
    }
  });

  it('the share of energy is that of squares', () => {
    closeTo(
      [1, 2, 7].map((k) => energyShare(numpy.spectrum.dense, k)),
      numpy.energyShare.dense,
    );
    expect(energyShare([4, 3], 1)).toBeCloseTo(16 / 25, 12);
    expect(energyShare([0], 1)).toBeNaN();
  });
});

describe('subspace similarity', () => {
  const [a, b] = [singularDirections(product), singularDirections(dense)];

  it.each(['input', 'output'] as const)('is that of NumPy on the side of the %s', (side) => {
    for (const [pair, expected] of Object.entries(numpy.similarity[side])) {
      const [i, j] = pair.split(',').map(Number) as [number, number];
      expect(subspaceSimilarity(directionsOf(a, side), directionsOf(b, side), i, j)).toBeCloseTo(expected, 9);
    }
  });

  it('is 1 where one span holds the other, and 0 where they are orthogonal', () => {
    const axes = (...which: number[]): Directions => {
      const columns = new Float64Array(4 * which.length);
      which.forEach((axis, r) => (columns[axis * which.length + r] = 1));
      return { dimension: 4, count: which.length, columns };
    };
    expect(subspaceSimilarity(axes(0, 1, 2), axes(2, 1), 3, 2)).toBe(1);
    expect(subspaceSimilarity(axes(0, 1), axes(2, 3), 2, 2)).toBe(0);
    expect(subspaceSimilarity(axes(0, 1), axes(1, 2), 2, 2)).toBe(0.5);
  });

  it('of more directions than there are, or in another space, is an error', () => {
    const input = directionsOf(a, 'input');
    expect(() => subspaceSimilarity(input, directionsOf(b, 'input'), 4, 1)).toThrow('there are 3 and 7 directions');
    expect(() => subspaceSimilarity(input, directionsOf(b, 'output'), 1, 1)).toThrow('7 and 9 dimensions');
  });

  it('of random subspaces has the mean and the bounds of NumPy', () => {
    for (const [key, [mean, low, high]] of Object.entries(numpy.randomSimilarity)) {
      const [dimensions, [i, j]] = key.split(';').map((list) => list.split(',').map(Number)) as [
        number[],
        [number, number],
      ];
      const expected = dimensions.reduce((all, d) => all + randomSimilarity(d, i, j), 0) / dimensions.length;
      expect(expected).toBeCloseTo(mean, 2);
      const found = randomSimilarityInterval(dimensions, i, j, { draws: 4000 });
      expect(Math.abs(found.low - low)).toBeLessThan(0.01);
      expect(Math.abs(found.high - high)).toBeLessThan(0.01);
      expect(randomSimilarityInterval(dimensions, i, j, { draws: 50 })).toEqual(
        randomSimilarityInterval(dimensions, i, j, { draws: 50 }),
      );
    }
  });
});

describe('amplification', () => {
  const spectrum = thinSvd(kernel, ...shape).s;
  const change = singularDirections(product);

  it('has the norms of NumPy, and random directions on the mean of its draws', () => {
    const found = amplification(kernel, spectrum, change, 8)!;
    expect(found.rank).toBe(3);
    expect(found.change).toBeCloseTo(numpy.amplification.change, 9);
    expect(found.projected).toBeCloseTo(numpy.amplification.projected, 9);
    expect(found.own).toBeCloseTo(numpy.amplification.own, 9);
    expect(found.random / numpy.amplification.random).toBeCloseTo(1, 2);
    expect(found.factor).toBeCloseTo(found.change / found.projected, 12);
  });

  it('takes as many directions as asked for', () =>
    expect(amplification(kernel, spectrum, change, 2)!.projected).toBeCloseTo(
      numpy.amplification.projectedOfFirstTwo,
      9,
    ));

  it('has the control of the LoRA paper: rank 4 and 64 of GPT-3', () => {
    const norm = (r: number): number => (r * 61.95) / 12288;
    expect(norm(4)).toBeCloseTo(0.02, 2);
    expect(norm(64)).toBeCloseTo(0.33, 1);
    const found = amplification(kernel, spectrum, change, 3)!;
    expect(found.random).toBeCloseTo((3 * frobeniusNorm(kernel)) / Math.sqrt(shape[0] * shape[1]), 12);
  });

  it('of a kernel along itself gives back its own norm; of nothing there is none', () => {
    const own = amplification(kernel, spectrum, thinSvd(kernel, ...shape), 4)!;
    expect(own.projected).toBeCloseTo(own.own, 9);
    expect(own.factor).toBeCloseTo(1, 9);
    expect(amplification(kernel, spectrum, thinSvd(new Float64Array(63), ...shape), 4)).toBeNull();
  });
});

describe('intruder dimensions', () => {
  const [before, after] = [thinSvd(kernel, ...shape), thinSvd(sum(kernel, numpy.dense), ...shape)];

  it.each(['input', 'output'] as const)('have the largest cosines of NumPy on the side of the %s', (side) =>
    closeTo(largestCosines(directionsOf(before, side), directionsOf(after, side), 99), numpy.largestCosines[side]),
  );

  it.each(['tall', 'wide'] as const)('are the same with the leading directions alone, of a %s kernel', (form) => {
    const [rows, columns] = form === 'tall' ? shape : ([shape[1], shape[0]] as const);
    const changed = sum(kernel, numpy.dense);
    const whole = directionsOf(thinSvd(changed, rows, columns), 'output');
    const alone = leadingOutputDirections(changed, [rows, columns], 4);
    expect(alone).toMatchObject({ dimension: columns, count: 4 });
    closeTo(
      largestCosines(whole, alone, 4),
      Array.from({ length: 4 }, () => 1),
    );
    const cosines = innerProducts(alone, whole, 4, 4);
    for (let i = 0; i < 4; i++) expect(Math.abs(cosines[5 * i]!)).toBeCloseTo(1, 9);
  });

  it('are counted below the threshold among the first k', () => {
    const cosines = largestCosines(directionsOf(before, 'output'), directionsOf(after, 'output'), 4);
    expect(cosines.length).toBe(4);
    const expected = numpy.largestCosines.output.slice(0, 4);
    for (const epsilon of [0.4, 0.6, 0.8, 1.01])
      expect(intruderDimensions(cosines, epsilon)).toBe(expected.filter((cosine) => cosine < epsilon).length);
  });

  it('a kernel has none against itself', () => {
    const same = largestCosines(directionsOf(before, 'output'), directionsOf(before, 'output'), 10);
    expect(intruderDimensions(same, 0.999)).toBe(0);
  });
});

describe('magnitude and direction', () => {
  it('a kernel that is only longer keeps its directions, one that is turned its magnitudes', () => {
    const longer = magnitudeAndDirection([3, 0, 4, 1], [6, 0, 8, 2], [2, 2]);
    expect(longer.magnitude).toBeCloseTo(3, 12);
    expect(longer.direction).toBeCloseTo(0, 12);
    const turned = magnitudeAndDirection([1, 2], [0, 2].reverse(), [2, 1]);
    expect(turned.direction).toBeCloseTo(1 - 2 / (2 * Math.sqrt(5)), 12);
    expect(magnitudeAndDirection([1, 0], [0, 1], [2, 1])).toEqual({ magnitude: 0, direction: 1 });
  });

  it('an output without weights has no direction to lose', () =>
    expect(magnitudeAndDirection([0, 1, 0, 0], [0, 1, 0, 0], [2, 2]).direction).toBe(0));
});

it('vectors are as far from orthonormal as NumPy says', () => {
  const { vectors, shape: size, error } = numpy.orthogonality;
  expect(orthogonalityError(vectors, ...size)).toBeCloseTo(error, 9);
});

it('correlation is that of NumPy, and none where nothing varies', () => {
  expect(pearson(numpy.correlation.x, numpy.correlation.y)).toBeCloseTo(numpy.correlation.r, 9);
  expect(pearson([1, 1], [1, 2])).toBeNull();
});

describe('the variance of a start', () => {
  it('is the mean square of its numbers', () => expect(startVariance(product)).toBeCloseTo(numpy.startVariance, 9));

  it('is what is predicted from the variances of the factors', () => {
    const [inputs, outputs, r, scale] = [400, 300, 32, 2];
    const normal = (size: number, sigma: number): Float32Array =>
      stream(3, 'start', size).fillNormal(new Float32Array(size), sigma);
    const change: Change = {
      form: 'product',
      shape: [inputs, outputs],
      rank: r,
      down: normal(inputs * r, 0.05),
      up: normal(r * outputs, 0.1).map((value) => scale * value),
    };
    const predicted = predictedStartVariance({ scale, rank: r, downVariance: 0.05 ** 2, upVariance: 0.1 ** 2 });
    expect(startVariance(change) / predicted).toBeCloseTo(1, 1);
    // ‖ΔW₀‖ of 768 × 768, rank 8, both 0.02
    expect(
      768 * Math.sqrt(predictedStartVariance({ scale: 1, rank: 8, downVariance: 4e-4, upVariance: 4e-4 })),
    ).toBeCloseTo(0.869, 3);
  });
});
