/**
 * How much of the span of the first i directions of one matrix lies in the span of the first j of another (arXiv:2106.09685 §7.2,
 * Eq. 4 and appendix G, a normalized projection metric):
 *
 *   φ(A₁, A₂, i, j) = ‖U₁ᵢᵀ U₂ⱼ‖²_F / min(i, j)   ∈ [0, 1]
 *
 * 1: the smaller span lies in the larger one; 0: they are orthogonal. Random subspaces of d dimensions have E φ = max(i, j) / d, so
 * that a value says something only against that.
 *
 * Departure: the paper takes the singular vectors of the factor A. A is defined up to a change of basis with B, and other methods
 * have none; those of ΔW are the same for every way to write it. Any directions may be given here.
 */
import { stream } from '../tensor/random.ts';
import { type Directions, innerProducts } from './directions.ts';

/** i and j from 1 to the number of directions that there are. */
export function subspaceSimilarity(a: Directions, b: Directions, i: number, j: number): number {
  const products = innerProducts(a, b, i, j);
  return products.reduce((sum, product) => sum + product * product, 0) / Math.min(i, j);
}

/** E φ of two random subspaces of d dimensions. */
export const randomSimilarity = (dimension: number, i: number, j: number): number => Math.max(i, j) / dimension;

export interface RandomSimilarityOptions {
  /** Draws of all the subspaces; 500 unless given. */
  readonly draws?: number;
  /** 0.95 unless given. */
  readonly level?: number;
  readonly seed?: number;
}

/**
 * Between which bounds the mean of φ(i, j) over so many independent pairs of random subspaces lies, one pair for each dimension in the
 * list, by drawing them: what lies outside is no chance. By symmetry one subspace of a pair may be the first i axes, and the other is
 * the span of j normal vectors.
 */
export function randomSimilarityInterval(
  dimensions: readonly number[],
  i: number,
  j: number,
  { draws = 500, level = 0.95, seed = 0 }: RandomSimilarityOptions = {},
): { readonly low: number; readonly high: number } {
  const random = stream(seed, 'randomSimilarity', i, j);
  const means = Float64Array.from({ length: draws }, () => {
    const sum = dimensions.reduce((all, dimension) => {
      if (i > dimension || j > dimension)
        throw new Error(`a space of ${dimension} dimensions has no ${Math.max(i, j)} directions`);
      return all + energyOnAxes(orthonormalColumns(dimension, j, random.normal), j, i) / Math.min(i, j);
    }, 0);
    return sum / dimensions.length;
  }).sort();
  const at = (share: number): number => means[Math.min(draws - 1, Math.max(0, Math.round(share * (draws - 1))))]!;
  return { low: at((1 - level) / 2), high: at((1 + level) / 2) };
}

/** Σ of the squares of the first i rows. */
function energyOnAxes(columns: Float64Array, width: number, i: number): number {
  let sum = 0;
  for (let at = 0; at < i * width; at++) sum += columns[at]! ** 2;
  return sum;
}

/** A random orthonormal basis of a random subspace, [dimension, count]: normal vectors, each less its part along those before. */
function orthonormalColumns(dimension: number, count: number, normal: () => number): Float64Array {
  const columns = Float64Array.from({ length: dimension * count }, normal);
  const inner = (p: number, q: number): number => {
    let sum = 0;
    for (let d = 0; d < dimension; d++) sum += columns[d * count + p]! * columns[d * count + q]!;
    return sum;
  };
  for (let q = 0; q < count; q++) {
    for (let round = 0; round < 2; round++)
      for (let p = 0; p < q; p++) {
        const along = inner(p, q);
        for (let d = 0; d < dimension; d++) columns[d * count + q]! -= along * columns[d * count + p]!;
      }
    const norm = Math.sqrt(inner(q, q));
    for (let d = 0; d < dimension; d++) columns[d * count + q]! /= norm;
  }
  return columns;
}
